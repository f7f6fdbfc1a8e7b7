// What the browser's code makes of the published vectors, and of our own token: printed as JSON,
// compared in test_rfc9474_in_javascript.py.
//
//   node rfc9474.mjs <folder frontend> <rfc9474.json> <vectors.json>
import { createPublicKey } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, published, ours] = process.argv.slice(2);
const library = join(folder, "node_modules", "@cloudflare", "blindrsa-ts", "lib", "src", "index.js");
const { RSABSSA } = await import(pathToFileURL(library));
const rfc = JSON.parse(await readFile(published, "utf8"));
const { token } = JSON.parse(await readFile(ours, "utf8"));

const { PSS, PSSZero } = RSABSSA.SHA384;
const SUITES = {
  "RSABSSA-SHA384-PSS-Randomized": PSS.Randomized(),
  "RSABSSA-SHA384-PSSZERO-Randomized": PSSZero.Randomized(),
  "RSABSSA-SHA384-PSS-Deterministic": PSS.Deterministic(),
  "RSABSSA-SHA384-PSSZERO-Deterministic": PSSZero.Deterministic(),
};
const unhex = (text) => Uint8Array.from(Buffer.from(text, "hex"));
const unb64 = (text) => Uint8Array.from(Buffer.from(text, "base64url"));
const hex = (bytes) => Buffer.from(bytes).toString("hex");

// What is drawn at random is given instead, in the order in which it is asked for.
let next = [];
crypto.getRandomValues = (into) => {
  if (into.length) {
    const given = next.shift();
    if (given?.length !== into.length) throw new Error(`${into.length} bytes were asked for`);
    into.set(given);
  }
  return into;
};

const imported = (key) =>
  crypto.subtle.importKey("spki", key, { name: "RSA-PSS", hash: "SHA-384" }, true, ["verify"]);

async function refused(work) {
  try {
    await work();
    return false;
  } catch {
    return true;
  }
}

async function walked(suite, key, { prefix, message, salt, factor, blindSignature }) {
  next = [prefix, salt, factor].filter((bytes) => bytes.length);
  const prepared = suite.prepare(message);
  const { blindedMsg, inv } = await suite.blind(key, prepared);
  const signature = await suite.finalize(key, prepared, blindSignature, inv);
  const wrong = Uint8Array.from(blindSignature);
  wrong[wrong.length - 1] ^= 1;
  return {
    prepared: hex(prepared),
    blinded: hex(blindedMsg),
    inverse: hex(inv),
    signature: hex(signature),
    verified: await suite.verify(key, signature, prepared),
    wrongRefused: await refused(() => suite.finalize(key, prepared, wrong, inv)),
    shortRefused: await refused(() => suite.finalize(key, prepared, blindSignature.subarray(1), inv)),
  };
}

const jwk = {
  kty: "RSA",
  n: Buffer.from(rfc.key.n, "hex").toString("base64url"),
  e: Buffer.from(rfc.key.e, "hex").toString("base64url"),
};
const theirs = await imported(createPublicKey({ key: jwk, format: "jwk" }).export({ type: "spki", format: "der" }));
const said = { names: {}, variants: {} };
for (const vector of rfc.variants) {
  const suite = SUITES[vector.name];
  said.names[vector.name] = suite.toString();
  said.variants[vector.name] = await walked(suite, theirs, {
    prefix: unhex(vector.msg_prefix),
    message: unhex(rfc.msg),
    salt: unhex(vector.salt),
    factor: unhex(rfc.factor),
    blindSignature: unhex(vector.blind_sig),
  });
}
said.token = await walked(SUITES["RSABSSA-SHA384-PSS-Randomized"], await imported(unb64(token.spki)), {
  prefix: unb64(token.prefix),
  message: unb64(token.message),
  salt: unb64(token.salt),
  factor: unb64(token.factor),
  blindSignature: unb64(token.blind_signature),
});
process.stdout.write(JSON.stringify(said));
