// The page of somebody's own words: a list of rooms, and one of them at a time.
//
// Which room that is stands in the history's state and never in the address, and the page is one entry
// of the history however far somebody goes in it. A room can be named in the fragment on arrival; that
// is taken out of the address at once.

import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import "./mine.css";
import { pageData } from "../page/data";
import { OF_SITTING } from "../kept/keeping";
import { Opening, type Open } from "../words/opening";
import { Page } from "../sitting/questions";
import type { MineData, Room } from "./room";
import { rooms } from "./rooms";
import { fill } from "../page/text";
import { keeping } from "../kept/text-keeping";
import { mine } from "./text-mine";

const NOTHING: MineData = { address: "", spaces: [] };

function Mine({ open, data }: { readonly open: Open; readonly data: MineData }) {
  const [name, setName] = useState(roomOfPage);
  const go = (to: string) => {
    history.replaceState({ room: to }, "");
    open.desk.said.value = "";
    setName(to);
    scrollTo(0, 0);
  };
  useEffect(() => {
    // A link to a room may stand on this very page. Each room's heading takes the focus as it comes.
    const followed = () => {
      if (location.hash !== "") go(roomOfPage());
    };
    addEventListener("hashchange", followed);
    return () => removeEventListener("hashchange", followed);
  }, []);
  const room = rooms.find((each) => each.name === name);
  if (!room) return <List open={open} go={go} />;
  const { Component } = room;
  return (
    <>
      <p>
        <button type="button" class="quiet" onClick={() => go("")}>
          {mine.rooms.back}
        </button>
      </p>
      <Component desk={open.desk} journal={open.journal} data={data} go={go} open={open} />
    </>
  );
}

function List({ open, go }: { readonly open: Open; readonly go: (room: string) => void }) {
  const shelf = open.desk.shelf().value;
  const { shut } = mine;
  return (
    <Page title={mine.rooms.heading}>
      {open.by === "code" && <ByCode go={go} />}
      {open.journal.draftsNamed(OF_SITTING).length > 0 && (
        <p>
          <button type="button" class="quiet" onClick={() => go("left")}>
            {keeping.left}
          </button>
        </p>
      )}
      <Doors rooms={rooms.filter((room) => room.of === undefined)} open={open} go={go} />
      <h2>{mine.rooms.sealing}</h2>
      <Doors rooms={rooms.filter((room) => room.of === "sealing")} open={open} go={go} />
      {shelf && <Shut n={shelf.unopened} one={shut.unopened} many={shut.unopenedMany} />}
      {shelf && <Shut n={shelf.newer} one={shut.newer} many={shut.newerMany} />}
      <p class="links">
        <a href="/seen/">{mine.limits.seen}</a>
      </p>
    </Page>
  );
}

interface DoorsProps {
  readonly rooms: readonly Room[];
  readonly open: Open;
  readonly go: (room: string) => void;
}

function Doors({ rooms, open, go }: DoorsProps) {
  return (
    <ul class="stack">
      {rooms
        .filter((room) => room.title !== "")
        .map(({ name, title, about }) => (
          <li>
            <button type="button" class="door" onClick={() => go(name)}>
              <strong>{title}</strong> <span>{typeof about === "string" ? about : about(open.desk)}</span>
            </button>
          </li>
        ))}
    </ul>
  );
}

/** Whoever opened them with the code may have lost the passphrase. */
function ByCode({ go }: { readonly go: (room: string) => void }) {
  return (
    <div class="card notice">
      <p>{mine.rooms.byCode}</p>
      <button type="button" class="quiet" onClick={() => go("ways")}>
        {mine.ways.title}
      </button>
    </div>
  );
}

function Shut({ n, one, many }: { readonly n: number; readonly one: string; readonly many: string }) {
  if (n === 0) return null;
  return <p class="card notice">{n === 1 ? one : fill(many, { n: `${n}` })}</p>;
}

/** The room that was named on arrival, or that was open when this page was loaded again. */
function roomOfPage(): string {
  const named = location.hash.slice(1);
  if (named !== "") history.replaceState({ room: named }, "", location.pathname);
  return (history.state as { readonly room?: string } | null)?.room ?? "";
}

const root = document.getElementById("mine");
if (root) {
  const data = pageData<MineData>("mine-data") ?? NOTHING;
  const spaces = data.spaces.map((space) => space.id);
  render(<Opening spaces={spaces}>{(open) => <Mine open={open} data={data} />}</Opening>, root);
  // A page that is kept for the Back button must not bring back what somebody wrote.
  addEventListener("pagehide", () => render(null, root));
  addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });
}
