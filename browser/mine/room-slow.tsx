// The slow view: dots over months, a line as unsure as it is, and the same as a table.
//
// One bond at a time, or people altogether. Nothing says up or down, nothing is aimed at, and a time
// without marks looks like any other. All of it is drawn here, from what lies open.

import { useMemo, useState } from "preact/hooks";
import { bondsOf, isSameBond, MOST_MARK, ofKind, type Piece } from "../words/entries";
import { Page } from "../sitting/questions";
import { SLOW_QUESTIONS, SlowFields } from "./room-fields";
import { dayText, usePieces, Writing } from "./room-parts";
import type { RoomProps } from "./room";
import { dotsOf, middleOf, type Dot, type Middle, type Question, type Source } from "./slow";
import { fill } from "../page/text";
import { roomsText } from "./text-rooms";

const { slow: words } = roomsText;

export function Slow({ desk }: RoomProps) {
  const { pieces } = usePieces(desk);
  const [marking, setMarking] = useState(false);
  const [bond, setBond] = useState("");
  const [source, setSource] = useState<Source>("of late");
  const marked = useMemo(() => ofKind(pieces, "slow", "check-in"), [pieces]);
  const names = useMemo(() => bondsOf(marked), [marked]);
  if (marking) {
    return (
      <Page key="marking" title={words.heading}>
        <Writing
          desk={desk}
          kind="slow"
          pieces={pieces}
          Fields={SlowFields}
          begins={{ bond }}
          beside={bond === "" ? undefined : marked.findLast(({ body }) => isSameBond(body.bond, bond))}
          done={() => setMarking(false)}
        />
      </Page>
    );
  }
  const whose = bond === "" ? words.altogether : bond;
  return (
    <Page key="view" title={words.title}>
      <p class="soft">{words.why}</p>
      <div class="row">
        <button
          type="button"
          onClick={() => {
            desk.said.value = "";
            setMarking(true);
          }}
        >
          {words.mark}
        </button>
      </div>
      <h2>{fill(words.about_, { name: whose })}</h2>
      {names.length > 0 && (
        <details class="names" key={whose}>
          <summary>{words.change}</summary>
          <div class="row">
            {["", ...names].map((name) => (
              <button type="button" class="quiet" aria-pressed={name === bond} onClick={() => setBond(name)}>
                {name === "" ? words.altogether : name}
              </button>
            ))}
          </div>
        </details>
      )}
      {ofKind(pieces, "check-in").length > 0 && (
        <div class="row" role="group" aria-label={words.sourceLabel}>
          {(Object.keys(words.source) as Source[]).map((each) => (
            <button type="button" class="quiet" aria-pressed={each === source} onClick={() => setSource(each)}>
              {words.source[each]}
            </button>
          ))}
        </div>
      )}
      <Views pieces={pieces} bond={bond} source={source} />
    </Page>
  );
}

function Views({ pieces, bond, source }: {
  readonly pieces: readonly Piece[];
  readonly bond: string;
  readonly source: Source;
}) {
  const views = useMemo(
    () =>
      SLOW_QUESTIONS.map((question) => {
        const dots = dotsOf(pieces, bond, question, source);
        return { question, dots, line: middleOf(dots) };
      }).filter(({ dots }) => dots.length > 0),
    [pieces, bond, source],
  );
  if (views.length === 0) return <p class="soft">{words.none}</p>;
  return (
    <>
      {views.map(({ question, dots, line }) => (
        <View key={question} question={question} dots={dots} line={line} />
      ))}
      <p class="soft">{views.some(({ line }) => line) ? words.band : words.few}</p>
    </>
  );
}

interface ViewProps {
  readonly question: Question;
  readonly dots: readonly Dot[];
  readonly line: readonly Middle[] | null;
}

function View({ question, dots, line }: ViewProps) {
  const { ask, low, high } = words.questions[question];
  const [first, last] = [dots[0], dots.at(-1)];
  if (!first || !last) return null;
  const [from, to] = [dayText(first.since), dayText(last.since)];
  const label = fill(dots.length === 1 ? words.chartOne : words.chart, { n: `${dots.length}`, from, to });
  return (
    <section class="slow-view">
      <h3>{ask}</h3>
      <p class="end">{high}</p>
      <Chart label={label} dots={dots} line={line} />
      <p class="end">{low}</p>
      <p class="ends small" aria-hidden="true">
        <span>{from}</span>
        {from !== to && <span>{to}</span>}
      </p>
      <details>
        <summary>{words.table}</summary>
        <table>
          <thead>
            <tr>
              <th scope="col">{words.day}</th>
              <th scope="col">{fill(words.marked, { low, high })}</th>
            </tr>
          </thead>
          <tbody>
            {dots.map(({ since, mark }) => (
              <tr>
                <td>{dayText(since)}</td>
                <td>{mark}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </section>
  );
}

const [WIDE, HIGH, EDGE] = [320, 140, 10];

function Chart({ label, dots, line }: Omit<ViewProps, "question"> & { readonly label: string }) {
  const first = dots[0]?.since.getTime() ?? 0;
  const lasts = (dots.at(-1)?.since.getTime() ?? 0) - first;
  const across = (at: Date) =>
    lasts === 0 ? WIDE / 2 : EDGE + ((at.getTime() - first) / lasts) * (WIDE - 2 * EDGE);
  const down = (mark: number) => HIGH - EDGE - (mark / MOST_MARK) * (HIGH - 2 * EDGE);
  const path = (marks: readonly (readonly [Date, number])[]) =>
    marks.map(([at, mark], i) => `${i === 0 ? "M" : "L"}${across(at).toFixed(1)} ${down(mark).toFixed(1)}`).join("");
  const band = line && [
    ...line.map(({ since, high }) => [since, high] as const),
    ...[...line].reverse().map(({ since, low }) => [since, low] as const),
  ];
  return (
    <svg viewBox={`0 0 ${WIDE} ${HIGH}`} role="img" aria-label={label}>
      <rect class="frame" x="0.5" y="0.5" width={WIDE - 1} height={HIGH - 1} rx="8" />
      {band && <path class="band" d={`${path(band)}Z`} />}
      {line && <path class="middle" d={path(line.map(({ since, middle }) => [since, middle] as const))} />}
      {dots.map(({ since, mark }) => (
        <circle class="dot" cx={across(since)} cy={down(mark)} r="4" />
      ))}
    </svg>
  );
}
