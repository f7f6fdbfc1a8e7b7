// The counters as everybody reads them on the Corner's pages.
import { one } from "./common.js";
import { locale, made, shownMonth, shownNumber, word } from "./desk-page.js";

export function drawFigures({ counters }) {
  const rows = Object.entries(counters).map(([epoch, { real, answered, overdue }]) =>
    made("row-figure", {
      month: shownMonth(epoch),
      real: shownNumber(real),
      answered: real ? `${shownNumber(answered)}/${shownNumber(real)} = ${share(answered, real)}` : word("noData"),
      overdue: shownNumber(overdue),
    }),
  );
  one("#figures tbody").replaceChildren(...rows);
}

// Two decimals, in the reader's form of numbers.
const share = (part, whole) =>
  new Intl.NumberFormat(locale(), { style: "percent", minimumFractionDigits: 2, maximumFractionDigits: 2 }).format(part / whole);
