// The private questions of a practice: before, if somebody turned that on, and after.
//
// What is answered stays in this page's memory and is forgotten when the page is hidden for good.
// No input has a name, nothing is sent, nothing is scored, and every question can be left out.

import { signal } from "@preact/signals";
import type { Signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useMemo, useState } from "preact/hooks";
import type { Question } from "../page/data";
import { Press } from "../page/press";
import { fill, text } from "../page/text";

export type Answer = string | number | readonly string[];
export type Answers = Signal<Readonly<Record<string, Answer>>>;

/** From 0 to this, in the middle before anybody has touched it. */
const STEPS = 10;
/** How far apart the middles of two circles of radius 16 are, for each of the words that name them. */
export const APART = [44, 36, 32, 26, 16, 9, 3] as const;
const ELSE = "\u0000else";

export function noAnswers(): Answers {
  return signal({});
}

/** The answers without anything that somebody wrote or picked. */
export function marksOf(answers: Readonly<Record<string, Answer>>): Readonly<Record<string, Answer>> {
  return Object.fromEntries(Object.entries(answers).filter(([, value]) => typeof value === "number"));
}

/** What the body says, as it stood on the screen. */
export function wordsOf(question: Question, answer: Answer | undefined): readonly string[] {
  const chosen = Array.isArray(answer) ? (answer as readonly string[]) : [];
  const labels = chosen.map((word) =>
    word.startsWith(ELSE)
      ? word.slice(ELSE.length).trim()
      : (question.options.find((option) => option.name === word)?.label ?? ""),
  );
  return labels.filter((label) => label !== "");
}

/** The questions of this moment: those of the check-in only where somebody turned it on. */
export function asked(
  questions: readonly Question[],
  when: "before" | "after",
  checkIn: boolean,
): readonly Question[] {
  const gate = gateOf(questions);
  return questions.filter(
    (q) => q !== gate && q.when.split(" ").includes(when) && (checkIn || !q.checkIn),
  );
}

/** What is asked of each alone before anything is chosen: an answer may lead to safety instead. */
export function gateOf(questions: readonly Question[]): Question | undefined {
  return questions.find((q) => q.when === "before" && q.options.some((o) => o.leadsTo === "safety"));
}

/** Where somebody's answer leads: help that they may want. */
export function leadsTo(question: Question, answer: Answer | undefined): string {
  return question.options.find((option) => option.name === answer)?.leadsTo ?? "";
}

/** The two affective sliders stand in random order, so that neither colours the other. */
export function shuffledPair(questions: readonly Question[], random: number): readonly Question[] {
  const [first, second, ...rest] = questions;
  const pair = first?.kind === "slider" && second?.kind === "slider" && first.checkIn;
  return pair && random < 0.5 ? [second, first, ...rest] : questions;
}

interface AskProps {
  readonly question: Question;
  readonly answers: Answers;
}

export function Ask({ question, answers }: AskProps) {
  const id = useMemo(() => `q-${question.name}`, [question.name]);
  const answer = answers.value[question.name];
  const set = (value: Answer) => {
    answers.value = { ...answers.value, [question.name]: value };
  };
  return (
    <div class="ask" role="group" aria-labelledby={id}>
      <p class="asked" id={id}>
        {question.ask}
      </p>
      {question.kind === "slider" && <Slider question={question} answer={answer} set={set} id={id} />}
      {question.kind === "choice" && (
        <div class="row">
          {question.options.map((option) => (
            <button
              type="button"
              class="quiet"
              aria-pressed={answer === option.name}
              onClick={() => set(option.name)}
            >
              {option.label}
            </button>
          ))}
        </div>
      )}
      {question.kind === "words" && <Words question={question} answer={answer} set={set} />}
      {question.kind === "circles" && <Circles answer={answer} set={set} />}
      {question.kind === "line" && (
        <Line label={text.after.line} answer={answer} set={set} describedBy={id} />
      )}
    </div>
  );
}

interface AnswerProps {
  readonly answer: Answer | undefined;
  readonly set: (value: Answer) => void;
}

export function Slider({ question, answer, set, id }: AnswerProps & { question: Question; id: string }) {
  const touched = typeof answer === "number";
  const at = touched ? answer : STEPS / 2;
  const [low, high] = [question.options[0]?.label ?? "", question.options[1]?.label ?? ""];
  const words = touched ? nearer(at, low, high) : text.checkIn.untouched;
  const move = (by: number) => set(Math.min(Math.max(at + by, 0), STEPS));
  return (
    <div class="slider">
      <div class="ends" aria-hidden="true">
        <span>
          <Face name={question.name} high={false} />
          {low}
        </span>
        <span>
          {high}
          <Face name={question.name} high={true} />
        </span>
      </div>
      <div class="track">
        <button type="button" class="quiet" aria-label={`${text.checkIn.less}: ${question.ask}`} onClick={() => move(-1)}>
          <span aria-hidden="true">−</span>
        </button>
        <input
          type="range"
          min={0}
          max={STEPS}
          step={1}
          value={at}
          autocomplete="off"
          data-touched={touched}
          aria-labelledby={id}
          aria-valuetext={words}
          onInput={(event) => set(Number(event.currentTarget.value))}
        />
        <button type="button" class="quiet" aria-label={`${text.checkIn.more}: ${question.ask}`} onClick={() => move(1)}>
          <span aria-hidden="true">+</span>
        </button>
      </div>
    </div>
  );
}

/** A slider's place in words, for whoever doesn't see it. */
export function nearer(at: number, low: string, high: string): string {
  if (at === STEPS / 2) return text.checkIn.middle;
  const end = at < STEPS / 2 ? low : high;
  return at === 0 || at === STEPS ? end : fill(text.checkIn.towards, { end });
}

/** Our own drawing of the two ends of feeling: a mouth for pleasure, eyes for being awake. */
function Face({ name, high }: { name: string; high: boolean }) {
  if (name !== "pleasure" && name !== "arousal") return null;
  const mouth = name === "pleasure" ? (high ? "M9 19q7 7 14 0" : "M9 22q7 -6 14 0") : "M11 21h10";
  const open = name === "arousal" && high ? 3 : 1.5;
  return (
    <svg class="face" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <circle cx="16" cy="16" r="14" />
      {name === "arousal" && !high ? (
        <path d="M8 13h6M18 13h6" />
      ) : (
        <>
          <circle class="eye" cx="11" cy="12" r={open} />
          <circle class="eye" cx="21" cy="12" r={open} />
        </>
      )}
      <path d={mouth} />
    </svg>
  );
}

function Words({ question, answer, set }: AnswerProps & { question: Question }) {
  const chosen = Array.isArray(answer) ? (answer as readonly string[]) : [];
  const own = chosen.find((word) => word.startsWith(ELSE));
  const toggle = (word: string) =>
    set(chosen.includes(word) ? chosen.filter((one) => one !== word) : [...chosen, word]);
  return (
    <>
      <div class="row">
        {question.options.map((option) => (
          <button
            type="button"
            class="quiet"
            aria-pressed={chosen.includes(option.name)}
            onClick={() => toggle(option.name)}
          >
            {option.label}
          </button>
        ))}
        <button
          type="button"
          class="quiet"
          aria-pressed={own !== undefined}
          onClick={() => toggle(own ?? ELSE)}
        >
          {text.checkIn.else}
        </button>
      </div>
      {own !== undefined && (
        <Line
          label={text.checkIn.elseWords}
          answer={own.slice(ELSE.length)}
          set={(words) => set(chosen.map((one) => (one === own ? `${ELSE}${String(words)}` : one)))}
        />
      )}
    </>
  );
}

function Line({ label, answer, set, describedBy }: AnswerProps & { label: string; describedBy?: string }) {
  return (
    <label class="line">
      {label}
      <textarea
        rows={2}
        maxLength={400}
        autocomplete="off"
        spellcheck={false}
        aria-describedby={describedBy}
        value={typeof answer === "string" ? answer : ""}
        onInput={(event) => set(event.currentTarget.value)}
      />
    </label>
  );
}

function Circles({ answer, set }: AnswerProps) {
  return (
    <div class="circles">
      {text.checkIn.circles.map((label, step) => {
        const aside = (APART[step] ?? 0) / 2;
        return (
          <button type="button" class="quiet" aria-pressed={answer === step} aria-label={label} onClick={() => set(step)}>
            <svg viewBox="0 0 80 40" aria-hidden="true" focusable="false">
              <circle class="one" cx={40 - aside} cy="20" r="16" />
              <circle class="other" cx={40 + aside} cy="20" r="16" />
            </svg>
          </button>
        );
      })}
    </div>
  );
}

/** Before, if somebody turned it on: one short page that can be skipped as a whole. */
export function CheckIn({ questions, answers, why, done, children }: {
  readonly questions: readonly Question[];
  readonly answers: Answers;
  readonly why: string;
  readonly children?: ComponentChildren;
  readonly done: () => void;
}) {
  const order = useMemo(() => shuffledPair(questions, Math.random()), [questions]);
  const skip = () => {
    answers.value = {};
    done();
  };
  return (
    <Page title={text.checkIn.heading}>
      <p class="soft">{why}</p>
      {order.map((question) => (
        <Ask key={question.name} question={question} answers={answers} />
      ))}
      <div class="stack">
        <Press onPress={done}>{text.checkIn.done}</Press>
        <Press quiet onPress={skip}>
          {text.checkIn.skip}
        </Press>
      </div>
      {children}
    </Page>
  );
}

export interface CareUrls {
  readonly care: string;
  readonly help: string;
}

/** After: one question at a time, then what was before beside what is now, then the way out. */
export function After({ questions, before, answers, urls, why, below, end }: {
  readonly questions: readonly Question[];
  readonly before: Answers;
  readonly answers: Answers;
  readonly urls: CareUrls;
  readonly why: string;
  /** What stands below every question, since it doesn't wait for the last of them. */
  readonly below: ComponentChildren;
  /** What stands at the end; `card` when an answer leads to care. */
  readonly end: (card: boolean) => ComponentChildren;
}) {
  const [step, setStep] = useState(0);
  const question = questions[step];
  const lead = questions.some((one) => leadsTo(one, answers.value[one.name]) !== "");
  if (!question) {
    return (
      <>
        <Beside questions={questions} before={before} after={answers} />
        {end(lead)}
      </>
    );
  }
  const leave = () => {
    const { [question.name]: _, ...rest } = answers.value;
    answers.value = rest;
    setStep(step + 1);
  };
  const answer = answers.value[question.name];
  const answered = answer !== undefined && answer !== "";
  return (
    <Page title={text.after.heading} key={question.name}>
      <p class="soft">{why}</p>
      <Ask question={question} answers={answers} />
      {leadsTo(question, answer) !== "" && <Aftercare urls={urls} />}
      <div class="row">
        {answered && <Press onPress={() => setStep(step + 1)}>{text.after.next}</Press>}
        <Press quiet onPress={leave}>
          {text.after.leaveOut}
        </Press>
      </div>
      {below}
    </Page>
  );
}

function Beside({ questions, before, after }: {
  readonly questions: readonly Question[];
  readonly before: Answers;
  readonly after: Answers;
}) {
  const both = questions.filter(
    (q) => typeof before.value[q.name] === "number" && typeof after.value[q.name] === "number",
  );
  if (both.length === 0) return null;
  return (
    <section class="card">
      <h2>{text.after.beside}</h2>
      <p class="soft">{text.after.besideWhy}</p>
      {both.map((question) => {
        const [was, is] = [before.value[question.name] as number, after.value[question.name] as number];
        const [low, high] = [question.options[0]?.label ?? "", question.options[1]?.label ?? ""];
        return (
          <div class="beside">
            <p class="asked">{question.ask}</p>
            <svg viewBox="0 0 220 28" role="img" aria-label={fill("{before}: {was}. {now}: {is}.", {
              before: text.after.before,
              was: nearer(was, low, high),
              now: text.after.now,
              is: nearer(is, low, high),
            })}>
              <path class="rail" d="M10 14H210" />
              <circle class="was" cx={10 + was * 20} cy="14" r="8" />
              <circle class="is" cx={10 + is * 20} cy="14" r="5" />
            </svg>
            <p class="ends small soft" aria-hidden="true">
              <span>{low}</span>
              <span>{high}</span>
            </p>
          </div>
        );
      })}
    </section>
  );
}

export function Aftercare({ urls }: { readonly urls: CareUrls }) {
  return (
    <section class="card notice" aria-labelledby="aftercare">
      <h2 id="aftercare">{text.aftercare.heading}</h2>
      <ul>
        {text.aftercare.things.map((thing) => (
          <li>{thing}</li>
        ))}
      </ul>
      <p>{text.aftercare.more}</p>
      <CareLinks urls={urls} />
    </section>
  );
}

/** Closed at first: somebody beside may look, and “for you alone” stands at every end. */
export function Safety({ urls }: { readonly urls: CareUrls }) {
  return (
    <details>
      <summary>{text.safety.heading}</summary>
      <p>{text.safety.why}</p>
      <p>{text.safety.quiet}</p>
      <p>{text.safety.elsewhere}</p>
      <p class="links">
        <a href={`${urls.help}#lines`}>{text.safety.lines}</a> ·{" "}
        <a href={`${urls.help}#alarm`}>{text.safety.alarm}</a>
      </p>
    </details>
  );
}

export function CareLinks({ urls }: { readonly urls: CareUrls }) {
  return (
    <p class="links">
      <a href={urls.care}>{text.closed.care}</a> · <a href={urls.help}>{text.closed.help}</a>
    </p>
  );
}

/** For a heading's `ref`: the keyboard and the screen reader begin where the new page does. */
export const focus = (heading: HTMLElement | null) => heading?.focus();

/** A page of the sitting with its heading, which takes the focus when the page appears. */
export function Page({ title, children }: { readonly title: string; readonly children: ComponentChildren }) {
  return (
    <section class="page">
      <h1 tabIndex={-1} ref={focus}>
        {title}
      </h1>
      {children}
    </section>
  );
}
