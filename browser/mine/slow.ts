// The slow view's figures: dots over months, and behind them a line as uncertain as it is.
//
// A dot is a mark that somebody made. Under five days with a mark there is no line at all. What is drawn
// from five on is a Gaussian process (Rasmussen and Williams 2006, chapters 2 and 4): something that
// changes slowly, seen through marks that scatter. How slowly, how far, and how much they scatter is not
// known, and isn't guessed: every combination of the grids below is weighed by how well it explains the
// marks and averaged, so what few marks cannot tell makes the band wider. `bench/slow_band.mjs` says how
// often the band holds what it is to hold.
//
// Nothing here has a word for up or down, a target, or a second person to compare with. A time without
// marks is no datum: the line goes on there and knows less.

import { bondKey, MOST_MARK, ofKind, type Piece } from "../words/entries";

export type Question = "safe" | "ground" | "resource";
/** Marks of how it has been of late, or those right after a sitting: two questions, so never one line. */
export type Source = "of late" | "after sittings";

export interface Dot {
  readonly since: Date;
  readonly mark: number;
}

/** At a moment: where the middle is thought to be, and a band that is to hold it at least nine times in ten. */
export interface Middle {
  readonly since: Date;
  readonly middle: number;
  readonly low: number;
  readonly high: number;
}

export const LEAST_DAYS = 5;
const DAY_MS = 24 * 60 * 60_000;
const STEPS = 60;
/** So many of the latest are weighed, which is years of a mark a week; all are drawn. */
const MOST_DOTS = 160;

// What is thought before any mark. The level may be anywhere; what changes does so over two weeks to five
// months; single marks scatter by less than one step to two and a half.
const LEVEL = MOST_MARK / 2;
const LEVEL_SD = 4;
const LENGTHS_DAYS = [15, 45, 135];
const CHANGES_SD = [1, 2];
const SCATTERS_SD = [0.7, 1.5, 2.5];
/** Deviations: 24 in 25 if that were right, so that it is at least nine in ten where it is not. */
const WIDE = 2.1;

/** The dots of one bond, or without a name of people altogether, the earliest first. */
export function dotsOf(
  pieces: readonly Piece[],
  bond: string,
  question: Question,
  source: Source = "of late",
): readonly Dot[] {
  const dots =
    source === "of late"
      ? ofKind(pieces, "slow").map(({ body, since }) => ({ since, bond: body.bond, mark: body[question] }))
      : ofKind(pieces, "check-in")
          .filter(({ body }) => body.when === "after")
          .map(({ body, since }) => ({ since, bond: body.bond, mark: body.marks[question] ?? null }));
  return dots
    .flatMap(({ since, mark, ...dot }) =>
      mark !== null && bondKey(dot.bond) === bondKey(bond) ? [{ since, mark }] : [],
    )
    .sort((a, b) => a.since.getTime() - b.since.getTime());
}

/** The line behind these dots from the first to the last; null when they are of fewer than five days. */
export function middleOf(dots: readonly Dot[]): readonly Middle[] | null {
  if (new Set(dots.map(({ since }) => since.toDateString())).size < LEAST_DAYS) return null;
  const latest = dots.slice(-MOST_DOTS);
  const days = latest.map(({ since }) => since.getTime() / DAY_MS);
  const [first, last] = [days[0] ?? 0, days.at(-1) ?? 0];
  const asked = Array.from({ length: STEPS + 1 }, (_, step) => first + ((last - first) * step) / STEPS);
  const marks = latest.map(({ mark }) => mark);
  return averaged(days, marks, asked).map(({ mean, sd }, step) => ({
    since: new Date((asked[step] ?? 0) * DAY_MS),
    middle: within(mean),
    low: within(mean - WIDE * sd),
    high: within(mean + WIDE * sd),
  }));
}

function within(mark: number): number {
  return Math.min(Math.max(mark, 0), MOST_MARK);
}

interface Guess {
  readonly mean: number;
  readonly sd: number;
}

/** Mean and deviation at each day asked for, over every combination by its weight. */
function averaged(
  days: readonly number[],
  marks: readonly number[],
  asked: readonly number[],
): readonly Guess[] {
  const all = LENGTHS_DAYS.flatMap((length) =>
    CHANGES_SD.flatMap((change) =>
      SCATTERS_SD.map((scatter) => explained(days, marks, asked, { length, change, scatter })),
    ),
  );
  const best = Math.max(...all.map(({ logLikelihood }) => logLikelihood));
  const weights = all.map(({ logLikelihood }) => Math.exp(logLikelihood - best));
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  return asked.map((_, at) => {
    let [mean, square] = [0, 0];
    all.forEach(({ guesses }, which) => {
      const guess = guesses[at] ?? { mean: LEVEL, sd: LEVEL_SD };
      const share = (weights[which] ?? 0) / whole;
      mean += share * guess.mean;
      square += share * (guess.sd ** 2 + guess.mean ** 2);
    });
    return { mean, sd: Math.sqrt(Math.max(square - mean ** 2, 0)) };
  });
}

interface Thought {
  readonly length: number;
  readonly change: number;
  readonly scatter: number;
}

/** Rasmussen and Williams, algorithm 2.1, with a Matérn kernel of 3/2 about an unknown level. */
function explained(
  days: readonly number[],
  marks: readonly number[],
  asked: readonly number[],
  { length, change, scatter }: Thought,
): { readonly logLikelihood: number; readonly guesses: readonly Guess[] } {
  const together = (one: number, other: number) => {
    const apart = (Math.sqrt(3) * Math.abs(one - other)) / length;
    return LEVEL_SD ** 2 + change ** 2 * (1 + apart) * Math.exp(-apart);
  };
  const factor = cholesky(
    days.map((one, i) => days.map((other, j) => together(one, other) + (i === j ? scatter ** 2 : 0))),
  );
  const half = forward(factor, marks.map((mark) => mark - LEVEL));
  const logLikelihood =
    -half.reduce((sum, each) => sum + each ** 2, 0) / 2 -
    factor.reduce((sum, row, i) => sum + Math.log(row[i] ?? 1), 0);
  const guesses = asked.map((day) => {
    const towards = forward(factor, days.map((each) => together(day, each)));
    const mean = LEVEL + towards.reduce((sum, each, i) => sum + each * (half[i] ?? 0), 0);
    const known = towards.reduce((sum, each) => sum + each ** 2, 0);
    return { mean, sd: Math.sqrt(Math.max(together(day, day) - known, 0)) };
  });
  return { logLikelihood, guesses };
}

type Matrix = readonly (readonly number[])[];

/** The lower factor of a symmetric matrix that is positive definite, as one with scatter is. */
function cholesky(matrix: Matrix): Matrix {
  const factor: number[][] = [];
  for (const [i, row] of matrix.entries()) {
    const made: number[] = [];
    for (let j = 0; j <= i; j++) {
      const other = j === i ? made : (factor[j] ?? []);
      let rest = row[j] ?? 0;
      for (let k = 0; k < j; k++) rest -= (made[k] ?? 0) * (other[k] ?? 0);
      made.push(j === i ? Math.sqrt(rest) : rest / (other[j] ?? 1));
    }
    factor.push(made);
  }
  return factor;
}

/** What the lower factor makes these values of. */
function forward(factor: Matrix, values: readonly number[]): readonly number[] {
  const solved: number[] = [];
  for (const [i, row] of factor.entries()) {
    let rest = values[i] ?? 0;
    for (let k = 0; k < i; k++) rest -= (row[k] ?? 0) * (solved[k] ?? 0);
    solved.push(rest / (row[i] ?? 1));
  }
  return solved;
}
