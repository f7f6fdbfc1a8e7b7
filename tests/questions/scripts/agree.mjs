// What the Corner's scripts make of the vectors: printed as JSON, compared in test_scripts_agree.py.
//
//   node agree.mjs <folder of the scripts> <vectors.json>
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, file] = process.argv.slice(2);
const load = (name) => import(pathToFileURL(join(folder, name)));
const vectors = JSON.parse(await readFile(file, "utf8"));
const { b64, bytesOf, canonical, hex, sha256, unb64 } = await load("common.js");
const { openedBy, stretched, symbolsOf, wrongIn, canonicalSigns, recipientOf } = await load("receipt.js");
const { open, padded, records, seal, toSize, unpadded } = await load("envelope.js");
const { approved, sealedFor } = await load("desk-answering.js");
const { checkedNotice, checkedRosters, digestOf, holds, short, signedBytes } = await load("trust.js");

const refused = (work) => {
  try {
    work();
    return false;
  } catch {
    return true;
  }
};

async function receipt({ receipt }) {
  return { ...(await openedBy(receipt)), shown: receipt.match(/.{4}/g).join(" "), wrong: wrongIn(receipt) };
}

const { roster, token, sealed } = vectors;
const signed = roster.signed;
const bundles = vectors.officers.map(({ bundle }) => bundle);
const everybody = await Promise.all(bundles.map(({ age }) => recipientOf(age)));
const officer = bundles[0];

async function whoOpens(file) {
  const can = await Promise.all(bundles.map(({ age }) => open(file, [age])));
  return can.map((plain) => plain !== null);
}

async function sizes(recipients, lengths) {
  const found = new Set();
  for (const length of lengths) {
    const question = { v: 1, kind: "ask", thread: "0".repeat(32), topic: "discipline", language: "zh-hans", consent: false, text: "🙂".repeat(length), reply_to: everybody[0] };
    found.add((await seal(padded(question), recipients)).length);
  }
  return [...found];
}

const flipped = unb64(sealed.question.sealed);
flipped[flipped.length - 1] ^= 1;

const again = sealedFor({ roster: signed.roster }, sealed.question.opened.reply_to, { v: 1, ...sealed.answer.opened }, unb64(sealed.answer.seed));

const said = {
  receipts: await Promise.all(vectors.receipts.map(receipt)),
  right: vectors.typed.right.map((typed) => [wrongIn(typed), canonicalSigns(typed)]),
  wrong: vectors.typed.wrong.map(wrongIn),
  padding: vectors.padding.map(({ sign, times }) => {
    const bytes = toSize(bytesOf(sign.repeat(times)));
    return { length: bytes.length, sha256: hex(sha256(bytes)) };
  }),
  canonical: vectors.canonical.map(({ value }) => ({ bytes: b64(bytesOf(canonical(value))), sha256: hex(sha256(bytesOf(canonical(value)))) })),
  officers: everybody,
  roster: { digest: digestOf(signed.roster), short: short(digestOf(signed.roster)), numbers: checkedRosters([signed, roster.successor]).map(({ number }) => number) },
  successorsRefused: Object.keys(roster)
    .filter((name) => name.startsWith("successor_"))
    .map((name) => [name, refused(() => checkedRosters([signed, roster[name]]))]),
  signatures: vectors.signatures.map(({ what, data, code, signature }) => {
    const key = vectors.officers.find(({ bundle }) => bundle.code.toLowerCase() === code.toLowerCase()).sign;
    return [b64(signedBytes(what, unb64(data))), holds(what, unb64(data), signature, key), holds("other", unb64(data), signature, key)];
  }),
  notice: [checkedNotice(vectors.notice).length, refused(() => checkedNotice({ ...vectors.notice, entries: vectors.notice.entries.slice(1) }))],
  kid: short(token.kid),
  records: records(unb64(vectors.records)).map(({ sealed }) => b64(sealed)),
  question: unpadded(await open(unb64(sealed.question.sealed), [officer.age])),
  questionOpenedBy: await whoOpens(unb64(sealed.question.sealed)),
  again: b64(again),
  approved: new TextDecoder().decode(approved(again, sealed.answer.opened.by, sealed.answer.to)),
  againOpenedBy: await whoOpens(again),
  tampered: await whoOpens(flipped),
  wrapped: JSON.parse(new TextDecoder().decode(await open(unb64(sealed.wrapped.sealed), [await stretched(sealed.wrapped.passphrase, unb64(sealed.wrapped.salt), "footpath corner officer 1")]))),
  sizes: await sizes([...everybody, everybody[0]].slice(0, 7), [1, 2, 100, 899, 900]),
  symbols: symbolsOf(Uint8Array.of(255, 0, 255)),
};
process.stdout.write(JSON.stringify(said));
