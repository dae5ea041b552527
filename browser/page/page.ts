// Every page: its look, the way out, and words to hand on. What else a page does comes from entries
// of its own.

import "./page.css";
import { watchForLeaving } from "./exit";
import { offerSharing } from "../door/share";

watchForLeaving();
offerSharing(document, navigator);
