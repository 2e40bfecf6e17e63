/**
 * Measures all rows in one process: every row is opened and warmed up, then rounds go through all of them, each round
 * in another order, so that whatever disturbs the machine for a while disturbs all rows alike. Calls one at a time are
 * measured after those in flight, with all threads on one core.
 */
import { allCores, oneCore } from "./affinity.ts"
import { type Figure, figure } from "./figure.ts"
import type { Group, OpenRow, Row } from "./rows/Row.ts"
import { within } from "./watchdog.ts"

/** Calls that are under way at once in a pipelined run. */
export const inFlight = 1000

/** How much is measured. Times are milliseconds. */
export interface Plan {
  readonly warmUp: number
  readonly pipelined: number
  readonly roundtrip: number
  readonly rounds: number
  /** No round begins later than this after the first. */
  readonly budget: number
  /** What a row may take for one run before it is given up. */
  readonly patience: number
}

/** What was measured of a row, or why it could not be. */
export interface Measured {
  readonly name: string
  readonly group: Group
  /** Calls per second, 1000 in flight. */
  readonly pipelined?: Figure
  /** Microseconds per call, one at a time. */
  readonly roundtrip?: Figure
  readonly error?: string
}

type Kind = "pipelined" | "roundtrip"

/** How one kind of run is made. */
interface Pace {
  /** Calls of the next run, chosen after each so that it takes about the planned time: code gets faster for a while. */
  readonly calls: number
  /** A row whose fewest calls take longer than planned takes part in one of so many rounds, and leaves time to others. */
  readonly every: number
}

interface Running {
  readonly row: Row
  readonly open: OpenRow
  /** Milliseconds per call, a number for each round that the row took part in. */
  readonly samples: Record<Kind, Array<number>>
}

/** Makes the calls, checks the results, and tells how many milliseconds it took. */
const time = async (row: Row, open: OpenRow, kind: Kind, calls: number, patience: number): Promise<number> => {
  const started = performance.now()
  const sum = await within(patience, `finish ${calls} calls of ${row.name}`, () =>
    kind === "pipelined" ? open.pipelined(calls, inFlight) : open.roundtrip(calls)
  )
  const elapsed = performance.now() - started
  const expected = (calls * (calls + 1)) / 2
  if (sum !== expected) throw new Error(`Cannot trust ${row.name}: expected the sum ${expected}, received ${sum}`)
  return elapsed
}

const least: Record<Kind, number> = { pipelined: 3 * inFlight, roundtrip: 200 }

/** Rounds for each round of the plan. Single calls take short turns, so that a collection of garbage falls into few. */
const times: Record<Kind, number> = { pipelined: 1, roundtrip: 3 }

/** The slowest row takes part in one of so many rounds. */
const rarest = 5

/** After a run that took `perCall` milliseconds for each call. */
const paceOf = (perCall: number, kind: Kind, plan: Plan): Pace => {
  const calls = Math.max(least[kind], Math.round(plan[kind] / perCall))
  return { calls, every: Math.min(rarest, Math.max(1, Math.round((calls * perCall) / plan[kind]))) }
}

const warmUp = async (row: Row, open: OpenRow, kind: Kind, plan: Plan): Promise<Pace> => {
  const until = performance.now() + plan.warmUp
  let pace: Pace = { calls: least[kind], every: 1 }
  while (performance.now() < until) {
    pace = paceOf((await time(row, open, kind, pace.calls, plan.patience)) / pace.calls, kind, plan)
  }
  return pace
}

const coprime = (a: number, b: number): boolean => (b === 0 ? a === 1 : coprime(b, a % b))

/** Another first row and other neighbours each round: no row always pays for the garbage of the same other row. */
const turns = <A>(all: ReadonlyArray<A>, round: number): ReadonlyArray<A> => {
  const strides = all.map((_, index) => index + 1).filter((stride) => coprime(all.length, stride))
  const stride = strides[round % strides.length] ?? 1
  return all.flatMap((_, turn) => all.slice((round + turn * stride) % all.length).slice(0, 1))
}

const message = (error: unknown): string => (error instanceof Error ? error.message : String(error))

const close = (row: Row, open: OpenRow): Promise<unknown> =>
  within(1000, `close ${row.name}`, open.close).catch(() => undefined)

/** Opens the rows that can be opened, and notes why the others cannot. */
const openAll = async (
  rows: ReadonlyArray<Row>,
  patience: number,
  errors: Map<Row, string>
): Promise<Array<Running>> => {
  const running: Array<Running> = []
  for (const row of rows) {
    try {
      const open = await within(patience, `open ${row.name}`, row.open)
      running.push({ row, open, samples: { pipelined: [], roundtrip: [] } })
    } catch (error) {
      errors.set(row, message(error))
    }
  }
  return running
}

/** Measures the rows. A row that fails has an `error` in place of figures. */
export const measure = async (rows: ReadonlyArray<Row>, plan: Plan): Promise<ReadonlyArray<Measured>> => {
  const errors = new Map<Row, string>()
  const running = await openAll(rows, plan.patience, errors)

  /** Gives the row a turn, unless it has failed. One that fails now is closed. */
  const attempt = async ({ open, row }: Running, turn: () => Promise<void>): Promise<void> => {
    if (errors.has(row)) return
    try {
      await turn()
    } catch (error) {
      errors.set(row, message(error))
      await close(row, open)
    }
  }

  const measureKind = async (kind: Kind): Promise<void> => {
    const paces = new Map<Running, Pace>()
    for (const one of running) {
      await attempt(one, async () => void paces.set(one, await warmUp(one.row, one.open, kind, plan)))
    }
    const started = performance.now()
    for (let round = 0; round < times[kind] * plan.rounds; round++) {
      if (round > 2 && performance.now() - started > plan.budget) break
      for (const one of turns(running, round)) {
        const pace = paces.get(one)
        if (pace === undefined || round % pace.every > 0) continue
        await attempt(one, async () => {
          const perCall = (await time(one.row, one.open, kind, pace.calls, plan.patience)) / pace.calls
          one.samples[kind].push(perCall)
          paces.set(one, paceOf(perCall, kind, plan))
        })
      }
    }
  }

  await measureKind("pipelined")
  // A caller that waits for each result sleeps while the worker runs: it needs no second core. What it takes to wake one
  // up is several times the call itself, another time for each thread, and the same whoever calls.
  oneCore()
  await measureKind("roundtrip")
  allCores()

  for (const { open, row } of running) if (!errors.has(row)) await close(row, open)

  return rows.map((row) => {
    const { group, name } = row
    const samples = running.find((one) => one.row === row)?.samples
    const error = errors.get(row)
    if (error !== undefined || samples === undefined) return { name, group, error: error ?? "no round was run" }
    return {
      name,
      group,
      pipelined: figure(samples.pipelined.map((millis) => 1000 / millis)),
      roundtrip: figure(samples.roundtrip.map((millis) => 1000 * millis))
    }
  })
}
