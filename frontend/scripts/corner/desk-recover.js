// A new passphrase from the sheet of paper: the keys stay, what is around them changes.
import * as keys from "./desk-keys.js";
import { codeTyped, newPassphrase } from "./desk-set-up.js";
import { empty, Mistake, onForm, typed, word } from "./desk-page.js";
import { postWrapped } from "./desk-server.js";
import { turnTo, whenLeaving } from "./page.js";

async function sheetTyped(code) {
  try {
    return await keys.bundleFromPaper(code, typed("age"), typed("sign"));
  } catch (error) {
    throw error instanceof Mistake ? error : new Mistake(word("wrongSheet"), "age");
  }
}

async function recover(form) {
  const bundle = await sheetTyped(codeTyped());
  await postWrapped(bundle, keys.verifyingKey(bundle), await keys.wrap(bundle, newPassphrase()));
  empty(form);
  turnTo("recovered");
}

export function recovery() {
  whenLeaving(() => empty(document));
  onForm("recover", recover);
}
