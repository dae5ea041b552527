// The room of keepsakes: what somebody was given and kept, and the cards between two who share a space.
//
// A card is covered until its receiver asks for it, and nothing says to its giver what became of it. No words are
// offered to be given: what is said of a person, a person says.

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { CARD, cardsOf, FORMAT, givenToday, keptOf, MOST_A_DAY, MOST_LETTERS, WAITS_DAYS, type Card } from "./cards";
import type { Desk, Shelf } from "../words/desk";
import { Together } from "../felt/reflection";
import { draftOf, emptyOf, readAll, type Body, type Piece } from "../words/entries";
import { Press } from "../page/press";
import { Page } from "../sitting/questions";
import type { RoomProps, SpaceData } from "../mine/room";
import { fill, text } from "../page/text";
import { rhythmsOf, unreadIn } from "./rhythms";
import { rhythms } from "./text-rhythms";
import { keepsakes } from "./text-keepsakes";
import { KeepingFor, useDraft, Written } from "../words/writing";

export function Keepsakes({ desk, data }: RoomProps) {
  const here = new Set(data.spaces.map((space) => space.id));
  const elsewhere = keptOf(readAll(desk.shelf().value?.entries ?? []).pieces).filter(
    ({ body }) => !here.has(body.space),
  );
  return (
    <Page title={keepsakes.title}>
      {data.spaces.length === 0 && <p>{keepsakes.none}</p>}
      {data.spaces.map((space) => (
        <OfSpace key={space.id} desk={desk} space={space} />
      ))}
      <Kept desk={desk} kept={elsewhere} title={keepsakes.elsewhere} />
    </Page>
  );
}

/** What was kept, folded away: whoever is shown one bond is shown nothing of another. */
function Kept({ desk, kept, title }: {
  readonly desk: Desk;
  readonly kept: readonly Piece<"keepsake">[];
  readonly title: string;
}) {
  if (kept.length === 0) return null;
  const letGo = async ({ entry, body }: Piece<"keepsake">) => {
    const { bond, space, card } = body;
    if (await note(desk, { ...emptyOf("keepsake"), bond, space, card })) await desk.remove(entry);
  };
  return (
    <details>
      <summary>{title}</summary>
      {kept.map((one) => (
        <article key={one.entry.id}>
          <p class="letter">{one.body.text}</p>
          <p class="soft small">
            {fill(keepsakes.from, { name: one.body.bond })} · <Day at={one.body.seen} />
          </p>
          <Press quiet onPress={() => void letGo(one)}>
            {keepsakes.letGoKept}
          </Press>
        </article>
      ))}
    </details>
  );
}

interface SpaceProps {
  readonly desk: Desk;
  readonly space: SpaceData;
}

function OfSpace({ desk, space }: SpaceProps) {
  const { journal } = desk;
  const shelf = desk.shelf(space.id).value;
  const shown = useSignal("");
  const canShare = journal.canShare(space.id);
  useEffect(() => {
    if (canShare) void desk.read(space.id);
  }, [desk, space.id, canShare]);
  const mine = readAll(desk.shelf().value?.entries ?? []).pieces;
  const kept = keptOf(mine).filter(({ body }) => body.space === space.id);
  if (!canShare) {
    return (
      <section class="card">
        <h2>{space.name}</h2>
        <p>{keepsakes.noKey}</p>
        <p>
          <a href={`/spaces/${space.id}/`}>{keepsakes.noKeyLink}</a>
        </p>
        <Kept desk={desk} kept={kept} title={keepsakes.kept} />
      </section>
    );
  }
  if (shelf === null) return <p role="status">{keepsakes.reading}</p>;
  const { waiting, given, muted } = cardsOf(shelf, mine, journal.me, space.id);
  const card = waiting.find(({ id }) => id === shown.value);
  const has = { ...emptyOf("keepsake"), bond: space.name, space: space.id };
  const keep = async ({ id, text, at }: Card) => {
    const kept = await desk.keep(draftOf("keepsake", { ...has, card: id, text, seen: at }));
    const said = desk.said.value;
    if (kept && desk.keepFor.value !== null && (await note(desk, { ...has, card: id }))) desk.said.value = said;
  };
  const n = waiting.length;
  return (
    <section class="card" aria-labelledby={`of-${space.id}`}>
      <h2 id={`of-${space.id}`}>{space.name}</h2>
      {card ? (
        <Received
          card={card}
          desk={desk}
          name={space.name}
          keep={() => keep(card)}
          letGo={() => note(desk, { ...has, card: card.id })}
          later={() => (shown.value = "")}
        />
      ) : (
        n > 0 && (
          <>
            <p>{n === 1 ? keepsakes.waits : fill(keepsakes.waitsMany, { n: `${n}` })}</p>
            <Press quiet onPress={() => (shown.value = waiting.at(-1)?.id ?? "")}>
              {keepsakes.read}
            </Press>
          </>
        )
      )}
      {space.resting ? (
        <p class="soft">{keepsakes.resting}</p>
      ) : (
        <details>
          <summary>{keepsakes.write}</summary>
          <GiveCard desk={desk} space={space.id} name={space.name} />
        </details>
      )}
      <Kept desk={desk} kept={kept} title={keepsakes.kept} />
      {given.length > 0 && (
        <details>
          <summary>{keepsakes.given}</summary>
          {given.map((each) => (
            <Given key={each.id} card={each} desk={desk} space={space} />
          ))}
        </details>
      )}
      <Rhythms desk={desk} shelf={shelf} />
      {muted ? (
        <p>
          {keepsakes.muted}{" "}
          <button type="button" class="quiet" onClick={() => void desk.remove(muted.entry)}>
            {keepsakes.unmute}
          </button>
        </p>
      ) : (
        <details>
          <summary>{fill(keepsakes.mute, { name: space.name })}</summary>
          <p class="soft">{keepsakes.muteWhy}</p>
          <Press quiet onPress={() => void note(desk, { ...has, muted: true })}>
            {fill(keepsakes.mute, { name: space.name })}
          </Press>
        </details>
      )}
      {shelf.unopened > 0 && <p class="soft">{keepsakes.shut}</p>}
    </section>
  );
}

/** What both have kept of their sittings: one is seen at a time, and nothing is said of several. */
function Rhythms({ desk, shelf }: { readonly desk: Desk; readonly shelf: Shelf }) {
  const shown = useSignal("");
  const all = rhythmsOf(shelf, desk.journal.me);
  const unread = unreadIn(shelf) > 0 && <p class="soft">{rhythms.unread}</p>;
  if (all.length === 0) return unread || null;
  const one = all.find(({ entry }) => entry.id === shown.value);
  return (
    <details>
      <summary>{rhythms.list}</summary>
      <p class="soft">{rhythms.listWhy}</p>
      {one ? (
        <article class="page" key={one.entry.id}>
          <p class="soft">
            <Day at={one.entry.at} />
          </p>
          <Together reflection={one.reflection} shared={false} kept />
          <div class="row">
            <Press quiet onPress={() => (shown.value = "")}>
              {rhythms.close}
            </Press>
            {one.own && (
              <Press quiet onPress={() => void desk.remove(one.entry)}>
                {rhythms.letGo}
              </Press>
            )}
          </div>
          <p class="soft small">{one.own ? rhythms.letGoWhy : rhythms.theirs}</p>
        </article>
      ) : (
        <ul class="stack">
          {all.map(({ entry, reflection }) => (
            <li key={entry.id}>
              <Press quiet onPress={() => (shown.value = entry.id)}>
                {text.rhythms.heading[reflection.kind]} · <Day at={entry.at} />
              </Press>
            </li>
          ))}
        </ul>
      )}
      {unread}
    </details>
  );
}

/**
 * Note for oneself alone that a card was looked at, or that no more are wanted. It holds no words, and stays however
 * long things are kept here: what was let go does not come back.
 */
async function note(desk: Desk, body: Body<"keepsake">): Promise<boolean> {
  const kept = await desk.keep({ ...draftOf("keepsake", body), keepFor: null });
  // “Kept” would be said of something that nobody has written.
  if (kept?.stored) desk.said.value = "";
  return kept !== null;
}

interface ReceivedProps {
  readonly card: Card;
  readonly desk: Desk;
  readonly name: string;
  readonly keep: () => Promise<unknown>;
  readonly letGo: () => Promise<unknown>;
  readonly later: () => void;
}

function Received({ card, desk, name, keep, letGo, later }: ReceivedProps) {
  return (
    <article>
      <p class="letter">{card.text}</p>
      <p class="soft small">
        {fill(keepsakes.from, { name })} · <Day at={card.at} />
      </p>
      <Before card={card} />
      <p class="soft">{keepsakes.keepWhy}</p>
      {desk.keepFor.value === undefined && <KeepingFor desk={desk} />}
      <div class="stack">
        <Press onPress={() => void keep()}>{keepsakes.keep}</Press>
        <Press quiet onPress={() => void letGo()}>
          {keepsakes.letGo}
        </Press>
        <Press quiet onPress={later}>
          {keepsakes.later}
        </Press>
      </div>
    </article>
  );
}

function Before({ card }: { readonly card: Card }) {
  if (card.earlier.length === 0) return null;
  return (
    <details>
      <summary>{keepsakes.before}</summary>
      {card.earlier.map((text) => (
        <p class="letter">{text}</p>
      ))}
    </details>
  );
}

function Given({ card, desk, space }: SpaceProps & { readonly card: Card }) {
  const changing = useSignal<string | null>(null);
  const put = async () => {
    const text = changing.value?.trim() ?? "";
    if (text === "") {
      desk.said.value = keepsakes.empty;
      return;
    }
    const kept = await desk.keep(cardFor(space.id, text, card));
    if (kept?.stored) desk.said.value = keepsakes.changed;
    if (kept) changing.value = null;
  };
  return (
    <article>
      <p class="letter">{card.text}</p>
      <p class="soft small">
        {fill(keepsakes.to, { name: space.name })} · <Day at={card.at} />
      </p>
      <Before card={card} />
      {changing.value !== null && (
        <Written
          label={keepsakes.label}
          maxLength={MOST_LETTERS}
          value={changing.value}
          set={(text) => (changing.value = text)}
        />
      )}
      <div class="row">
        {changing.value === null ? (
          <>
            {!space.resting && (
              <Press quiet onPress={() => (changing.value = card.text)}>
                {keepsakes.change}
              </Press>
            )}
            <Press quiet onPress={() => void desk.remove(card.entry)}>
              {keepsakes.back}
            </Press>
          </>
        ) : (
          <>
            <Press onPress={() => void put()}>{keepsakes.changeIt}</Press>
            <Press quiet onPress={() => (changing.value = null)}>
              {keepsakes.never}
            </Press>
          </>
        )}
      </div>
      <p class="soft small">{keepsakes.backWhy}</p>
    </article>
  );
}

interface GiveProps {
  readonly desk: Desk;
  readonly space: string;
  readonly name: string;
}

/** A card that its writer gives to the other of a space. */
export function GiveCard({ desk, space, name }: GiveProps) {
  const draft = useDraft(desk, `card:${space}`, { text: "" });
  const shelf = desk.shelf(space).value;
  useEffect(() => {
    if (desk.shelf(space).value === null) void desk.read(space);
  }, [desk, space]);
  const give = async () => {
    const text = draft.body.text.trim();
    const enough = shelf !== null && givenToday(shelf, desk.journal.me, new Date()) >= MOST_A_DAY;
    if (text === "" || enough) {
      desk.said.value = text === "" ? keepsakes.empty : keepsakes.enough;
      return;
    }
    const kept = await desk.keep(cardFor(space, text));
    if (kept) await draft.forget();
    // What only waits on this device lies there for nobody yet: the desk has said so.
    if (kept?.stored) desk.said.value = keepsakes.gave;
  };
  return (
    <>
      <Written
        label={keepsakes.label}
        hint={keepsakes.hint}
        maxLength={MOST_LETTERS}
        value={draft.body.text}
        set={(text) => draft.set({ text })}
      />
      <p class="soft">{fill(keepsakes.giveWhy, { name })}</p>
      <Press onPress={() => void give()}>{keepsakes.give}</Press>
    </>
  );
}

function cardFor(space: string, text: string, edits?: Card) {
  const body = { format: FORMAT, text };
  return { kind: CARD, scope: space, body, keepFor: WAITS_DAYS, ...(edits && { edits: edits.entry }) } as const;
}

function Day({ at }: { readonly at: string }) {
  const day = new Date(at);
  if (Number.isNaN(day.getTime())) return null;
  return <time dateTime={at}>{day.toLocaleDateString(document.documentElement.lang, { dateStyle: "long" })}</time>;
}
