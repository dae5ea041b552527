// Every plain page: its look. What a page does comes from entries of its own.

import "./page.css";
