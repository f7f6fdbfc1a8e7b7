// The pages of the guidance officers, one script for the three of them.
import { one } from "./common.js";
import { desk } from "./desk-open.js";
import { recovery } from "./desk-recover.js";
import { setUp } from "./desk-set-up.js";
import { settled } from "./page.js";

const PAGES = { desk, recover: recovery, "set-up": setUp };

PAGES[one("[data-desk]").dataset.desk]();
settled();
