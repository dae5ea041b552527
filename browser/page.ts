// Every page: its look, and the way out. What else a page does comes from entries of its own.

import "./page.css";
import { watchForLeaving } from "./exit";

watchForLeaving();
