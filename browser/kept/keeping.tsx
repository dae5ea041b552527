// After a sitting: something of it for somebody's own words, sealed before it is sent.
//
// It is fetched only once somebody asks for it, and they may ask before they sit down: then their words are
// open when they come back, and nothing locks in between. What was answered reaches the server by no other
// way than the desk, which seals it. Nothing has to be filled in.

import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { afterwards, answered, type Answered } from "./afterwards";
import type { SittingData } from "../page/data";
import type { Desk } from "../words/desk";
import { draftOf, emptyOf, isEmpty, type Body } from "../words/entries";
import { GiveCard } from "./keepsakes";
import type { Feeling } from "../felt/feeling";
import { KeepingRhythms } from "./keeping-rhythms";
import { Opening } from "../words/opening";
import { Press } from "../page/press";
import { Page, type Answers } from "../sitting/questions";
import { keeping } from "./text-keeping";
import { keepsakes } from "./text-keepsakes";
import { KeepingFor, useDraft, Written, type Draft } from "../words/writing";

interface Props {
  readonly data: SittingData;
  readonly before: Answers;
  readonly after: Answers;
  /** Before they sit: whether their words are open is all that is asked. */
  readonly early: boolean;
  /** Whether it is before their eyes. What is not is not there: nothing is begun behind their back. */
  readonly shown: boolean;
  readonly feeling: Feeling;
  /** Whether it is about what two have looked at, and not about what somebody writes for themselves. */
  readonly both: boolean;
  /** While somebody sits, nothing locks. */
  readonly holds: boolean;
  /** Back to where they were. */
  readonly back: () => void;
  /** What stands beneath once something is kept. */
  readonly children: ComponentChildren;
}

export function Keeping({ data, before, after, feeling, both, early, shown, holds, back, children }: Props) {
  return (
    <>
      <p>
        <Press quiet onPress={back}>
          {keeping.back}
        </Press>
      </p>
      <Opening holds={holds}>
        {({ desk }) =>
          early ? (
            <Page title={keeping.open}>
              <p>{keeping.openMore}</p>
              <Press onPress={back}>{keeping.goOn}</Press>
            </Page>
          ) : (
            <>
              {data.space !== "" && (
                <KeepingRhythms desk={desk} data={data} feeling={feeling} shown={shown && both} />
              )}
              {shown && !both && (
                <Form desk={desk} data={data} answers={{ before, after }}>
                  {children}
                </Form>
              )}
            </>
          )
        }
      </Opening>
    </>
  );
}

/** The practice after which a card may be given: what was said in it can be written down. */
const GIVES_CARDS = "what-i-see-in-you";

/** What a draft of somebody's sitting is called; after a crash `left.tsx` finds it by this. */
export const OF_SITTING = "sitting:";

interface FormProps {
  readonly desk: Desk;
  readonly data: SittingData;
  readonly answers: { readonly before: Answers; readonly after: Answers };
  readonly children: ComponentChildren;
}

function Form({ desk, data, answers, children }: FormProps) {
  const { questions } = data.practice;
  const { before, after } = answers;
  const of = { bond: data.bond, space: data.space, sitting: data.sitting, practice: data.practice.name };
  // A line that was written among the questions is the first line here. A draft is of one sitting: what
  // was left of another is about somebody else, perhaps, and has no place beside this one.
  const { line } = afterwards(questions, before.value, after.value);
  const first: Body<"reflection"> = { ...emptyOf("reflection"), ...of, line };
  const written = useDraft(desk, `${OF_SITTING}${data.sitting}`, first);
  const along = useSignal(true);
  const kept = useSignal(false);
  const { body } = written;
  const given = answered(questions, before.value, after.value);

  const keep = async () => {
    const { checkIns } = afterwards(questions, before.value, after.value);
    const named = { ...of, bond: body.bond };
    for (const checkIn of along.value ? checkIns : []) {
      if (!(await desk.keep(draftOf("check-in", { ...emptyOf("check-in"), ...named, ...checkIn })))) return;
      // Kept once: pressing again keeps only what is left.
      (checkIn.when === "before" ? before : after).value = {};
    }
    const something = !isEmpty("reflection", body);
    if (something && !(await desk.keep(draftOf("reflection", body)))) return;
    if (!something && checkIns.length === 0) desk.said.value = keeping.nothing;
    else kept.value = true;
    await written.forget();
  };

  if (kept.value) {
    return (
      <Page title={keeping.kept} key="kept">
        <p>{keeping.keptMore}</p>
        {children}
      </Page>
    );
  }
  const choices = questions.find((question) => question.kind === "words")?.options ?? [];
  return (
    <Page title={keeping.heading}>
      <p class="soft">{keeping.why}</p>
      <Reflecting written={written} choices={choices.map(({ label }) => label)} />
      {given.length > 0 && (
        <>
          <label class="choice">
            <input
              type="checkbox"
              checked={along.value}
              onChange={(event) => (along.value = event.currentTarget.checked)}
            />
            {keeping.along}
          </label>
          <details>
            <summary>{keeping.what}</summary>
            <Given given={given} />
          </details>
        </>
      )}
      <KeepingFor desk={desk} />
      <div class="stack">
        <Press onPress={() => void keep()}>{keeping.keep}</Press>
      </div>
      {data.practice.name === GIVES_CARDS && data.space !== "" && (
        <details>
          <summary>{keepsakes.write}</summary>
          {desk.journal.canShare(data.space) ? (
            <GiveCard desk={desk} space={data.space} name={data.bond} />
          ) : (
            <p>{keepsakes.noKey}</p>
          )}
        </details>
      )}
    </Page>
  );
}

interface ReflectingProps {
  readonly written: Draft<Body<"reflection">>;
  /** Words for what the body says. */
  readonly choices: readonly string[];
}

/** The fields of a reflection. */
export function Reflecting({ written: { body, set: write }, choices }: ReflectingProps) {
  const set = (more: Partial<Body<"reflection">>) => write({ ...body, ...more });
  return (
    <>
      <Written
        label={keeping.line}
        hint={keeping.lineHint}
        rows={2}
        value={body.line}
        set={(line) => set({ line })}
      />
      <Written label={keeping.good} rows={2} value={body.good} set={(good) => set({ good })} />
      <Written label={keeping.text} rows={5} value={body.text} set={(text) => set({ text })} />
      {choices.length > 0 && (
        <div class="ask" role="group" aria-labelledby="body-words">
          <p class="asked" id="body-words">
            {keeping.body}
          </p>
          <div class="row">
            {choices.map((label) => (
              <button
                type="button"
                class="quiet"
                aria-pressed={body.words.includes(label)}
                onClick={() => set({ words: toggled(body.words, label) })}
              >
                {label}
              </button>
            ))}
          </div>
        </div>
      )}
      <Written
        label={keeping.bond}
        hint={keeping.bondHint}
        rows={1}
        maxLength={80}
        value={body.bond}
        set={(bond) => set({ bond })}
      />
    </>
  );
}

/** What was answered, in words: somebody should know what goes along. */
function Given({ given }: { readonly given: readonly Answered[] }) {
  return (
    <ul>
      {given.map(({ when, ask, said }) => (
        <li>
          {when === "before" ? keeping.before : keeping.after} {ask} <strong>{said}</strong>
        </li>
      ))}
    </ul>
  );
}

function toggled(words: readonly string[], word: string): readonly string[] {
  return words.includes(word) ? words.filter((each) => each !== word) : [...words, word];
}
