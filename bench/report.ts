/**
 * What is made of the figures: ratios, the gate over them, and a table.
 */
import type { Figure } from "./figure.ts"
import type { Measured } from "./measure.ts"
import type { Group } from "./rows/Row.ts"
import type { Start } from "./start.ts"
import type { Straggler } from "./straggler.ts"

/** The runtimes. */
export const runtimes = ["node", "deno", "bun"] as const

/** The name of a runtime. */
export type RuntimeName = (typeof runtimes)[number]

/** troupe against the others, from the medians of one run; `null` where a row is missing. */
export interface Ratios {
  readonly pipelined_vs_best_peer: number | null
  readonly pipelined_vs_ceiling: number | null
  readonly roundtrip_vs_raw: number | null
  readonly roundtrip_vs_best_peer: number | null
  readonly start_vs_bare: number | null
  readonly start_vs_bare_web: number | null
  /** Makespans over the shortest possible, on two and four workers: documents in the order found, or heaviest first. */
  readonly makespan_found_2: number | null
  readonly makespan_found_4: number | null
  readonly makespan_heaviest_first_2: number | null
  readonly makespan_heaviest_first_4: number | null
  /** Microseconds that a sizing decision takes. */
  readonly sizing_micros: number | null
}

/** Everything about one run. */
export interface Report {
  readonly runtime: RuntimeName
  readonly version: string
  readonly quick: boolean
  readonly inFlight: number
  readonly seconds: number
  readonly rows: ReadonlyArray<Measured>
  readonly start: Start
  readonly straggler: Straggler
  readonly sizing: Figure
  readonly ratios: Ratios
}

/** Relates the medians. */
export const ratios = (rows: ReadonlyArray<Measured>, start: Start, straggler: Straggler, sizing: Figure): Ratios => {
  const makespan = (workers: number, order: "found" | "heaviestFirst"): number | null =>
    straggler.rows.find((row) => row.workers === workers && row.order === order)?.ratio.median ?? null
  const medians = (group: Group, kind: "pipelined" | "roundtrip"): ReadonlyArray<number> =>
    rows.flatMap((row) => (row.group === group && row[kind] !== undefined ? [row[kind].median] : []))
  const best = (group: Group, kind: "pipelined" | "roundtrip"): number | undefined => {
    const all = medians(group, kind)
    if (all.length === 0) return undefined
    return kind === "pipelined" ? Math.max(...all) : Math.min(...all)
  }
  const ratio = (a: number | undefined, b: number | undefined): number | null =>
    a === undefined || b === undefined ? null : Number((a / b).toFixed(3))
  return {
    pipelined_vs_best_peer: ratio(best("troupe", "pipelined"), best("peer", "pipelined")),
    pipelined_vs_ceiling: ratio(best("troupe", "pipelined"), best("ceiling", "pipelined")),
    roundtrip_vs_raw: ratio(best("troupe", "roundtrip"), best("raw", "roundtrip")),
    roundtrip_vs_best_peer: ratio(best("troupe", "roundtrip"), best("peer", "roundtrip")),
    start_vs_bare: ratio(start.troupe?.median, start.bare?.median),
    start_vs_bare_web: ratio(start.troupe?.median, start.bareWeb?.median),
    makespan_found_2: makespan(2, "found"),
    makespan_found_4: makespan(4, "found"),
    makespan_heaviest_first_2: makespan(2, "heaviestFirst"),
    makespan_heaviest_first_4: makespan(4, "heaviestFirst"),
    sizing_micros: sizing.median
  }
}

interface Limit {
  readonly holds: (value: number) => boolean
  readonly words: string
}

const atLeast = (least: number): Limit => ({ holds: (value) => value >= least, words: `at least ${least}` })
const atMost = (most: number): Limit => ({ holds: (value) => value <= most, words: `at most ${most}` })
const below = (limit: number): Limit => ({ holds: (value) => value < limit, words: `below ${limit}` })

type Limits = Readonly<Partial<Record<keyof Ratios, Limit>>>

const scheduling: Limits = {
  // the control: an order that loses nothing would not show that another one wins
  makespan_found_2: atLeast(1.15),
  makespan_found_4: atLeast(1.15),
  makespan_heaviest_first_2: atMost(1.05),
  makespan_heaviest_first_4: atMost(1.05),
  sizing_micros: below(5)
}

const demanded: Limits = {
  ...scheduling,
  pipelined_vs_best_peer: atLeast(5),
  roundtrip_vs_raw: atMost(1.3),
  roundtrip_vs_best_peer: below(1),
  start_vs_bare: atMost(1.2)
}

// a message between threads costs more on Deno, whoever sends it, and figures of one run differ by a third: these
// limits notice a loss, they are not a goal
const noticed: Limits = {
  ...scheduling,
  pipelined_vs_best_peer: atLeast(2.5),
  roundtrip_vs_raw: atMost(2),
  roundtrip_vs_best_peer: below(1.3),
  start_vs_bare: atMost(1.6)
}

const limits: Readonly<Record<RuntimeName, Limits>> = { node: demanded, bun: demanded, deno: noticed }

/** The limits that a run does not keep, in words. */
export const failures = (report: Report): ReadonlyArray<string> => {
  const names = Object.keys(report.ratios) as Array<keyof Ratios> // an object literal of that very type
  return names.flatMap((name) => {
    const limit = limits[report.runtime][name]
    const value = report.ratios[name]
    if (limit === undefined || (value !== null && limit.holds(value))) return []
    return [`${report.runtime}: ${name} is ${value}, expected ${limit.words}`]
  })
}

const number = (value: number): string => value.toLocaleString("en-US", { maximumFractionDigits: value < 1000 ? 1 : 0 })

const cells = (figure: Figure | undefined): ReadonlyArray<string> =>
  figure === undefined ? ["-", ""] : [number(figure.median), `${number(figure.min)} to ${number(figure.max)}`]

/** Lays out a report for people. */
export const table = (report: Report): string => {
  const line = (columns: ReadonlyArray<string>): string =>
    columns
      .map((column, index) => (index === 0 ? column.padEnd(34) : column.padStart(index % 2 === 1 ? 10 : 22)))
      .join("")
      .trimEnd()
  const { rows, start, straggler } = report
  return [
    `${report.runtime} ${report.version}, one worker, medians, ${report.seconds} s`,
    "",
    line(["", "calls/s", `${report.inFlight} in flight`, "µs/call", "one at a time"]),
    ...rows.map((row) =>
      row.error === undefined
        ? line([row.name, ...cells(row.pipelined), ...cells(row.roundtrip)])
        : `${row.name.padEnd(34)}  ${row.error}`
    ),
    "",
    line(["start to first result", "ms"]),
    ...(start.error === undefined
      ? [
          line(["bare worker", ...cells(start.bare)]),
          line(["bare web worker", ...cells(start.bareWeb)]),
          line(["troupe", ...cells(start.troupe)])
        ]
      : [start.error]),
    "",
    line([
      `${straggler.documents} documents, the last ${Math.round(100 * straggler.share)} %`,
      "makespan",
      "over shortest"
    ]),
    ...straggler.rows.map(({ order, ratio, workers }) => line([`${workers} workers, ${order}`, ...cells(ratio)])),
    "",
    ...Object.entries(report.ratios).map(([name, value]) => `${name.padEnd(34)}${String(value).padStart(10)}`),
    ""
  ].join("\n")
}
