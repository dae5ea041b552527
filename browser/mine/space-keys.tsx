// The room of the keys of spaces: which space has one, and taking in those that wait on this device.
//
// A key is taken in only once somebody has said that the four words are the same on both screens; the secret
// that it was made of is forgotten then, and also when they are not.

import { useEffect, useState } from "preact/hooks";
import { Page } from "../sitting/questions";
import type { RoomProps, SpaceData } from "./room";
import { sentenceFor } from "../words/desk";
import { wordList } from "../words/beginning";
import { forgetMeeting, fourWords, secretsOfSpace } from "../door/secret";
import { mine } from "./text-mine";

export function SpaceKeys({ desk, journal, data }: RoomProps) {
  const { spaces } = mine;
  const [list, setList] = useState<readonly string[]>([]);
  // What waits lies in the browser's storage, which tells nobody of a change: the same sentence may be said twice.
  const [, drawAnew] = useState(0);
  const waits = data.spaces.some((space) => secretsOfSpace(space.id).length > 0);
  useEffect(() => {
    if (waits) wordList().then(setList, () => undefined);
  }, [waits]);

  const adopt = (space: SpaceData, sitting: string, secret: string) => {
    journal.adopt(space.id, sitting, secret).then(
      () => {
        forgetMeeting(space.id, sitting);
        desk.said.value = spaces.taken;
        drawAnew((times) => times + 1);
      },
      (error: unknown) => (desk.said.value = sentenceFor(error)),
    );
  };
  const forget = (space: SpaceData, sitting: string) => {
    forgetMeeting(space.id, sitting);
    desk.said.value = spaces.otherWhy;
    drawAnew((times) => times + 1);
  };
  return (
    <Page title={spaces.title}>
      {data.spaces.length === 0 && <p>{spaces.none}</p>}
      {data.spaces.map((space) => {
        const waiting = list.length > 0 ? secretsOfSpace(space.id) : [];
        return (
          <section class="card" key={space.id}>
            <h2>{space.name}</h2>
            <p>{journal.canShare(space.id) ? spaces.has : spaces.lacks}</p>
            {space.resting && <p class="soft">{spaces.resting}</p>}
            {waiting.length > 1 && <p>{spaces.several}</p>}
            {waiting.map(({ sitting, secret }) => (
              <Met
                key={sitting}
                secret={secret}
                list={list}
                same={() => adopt(space, sitting, secret)}
                other={() => forget(space, sitting)}
              />
            ))}
            <p class="links">
              <a href={`/spaces/${space.id}/`}>{spaces.open}</a>
            </p>
          </section>
        );
      })}
      {data.spaces.length > 0 && <p class="soft">{spaces.epochs}</p>}
    </Page>
  );
}

interface MetProps {
  readonly secret: string;
  readonly list: readonly string[];
  readonly same: () => void;
  readonly other: () => void;
}

function Met({ secret, list, same, other }: MetProps) {
  const { spaces } = mine;
  const [four, setFour] = useState<readonly string[] | null>(null);
  useEffect(() => {
    fourWords(secret, list).then(setFour, () => undefined);
  }, [secret, list]);
  if (four === null) return null;
  return (
    <>
      <p>{spaces.compare}</p>
      <p class="words">{four.join(" ")}</p>
      <div class="row">
        <button type="button" onClick={same}>
          {spaces.same}
        </button>
        <button type="button" class="quiet" onClick={other}>
          {spaces.other}
        </button>
      </div>
    </>
  );
}
