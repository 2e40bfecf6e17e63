/**
 * Runs lock-free code through every interleaving of its atomic operations.
 *
 * A {@link Model} is a few words of memory and a few agents. An agent is an ordinary function that takes an
 * {@link Atomic}, so the code under test is the production code itself, in direct style. To let an agent take one more
 * step it is run again from its start, fed the results that its earlier operations had, and stopped by a private
 * exception at its first new operation. It follows that an agent may depend on nothing but what it is handed.
 *
 * The search goes breadth first, so a violation comes with a shortest schedule. Two schedules that lead to the same
 * words, the same results for every agent, the same deaths and the same history are continued once only. Nothing is
 * lost by that, as an agent's future is a function of its results, and properties see nothing else.
 *
 * What happens beside the memory ("message 7 ran") is recorded in a history that all agents share. A recorded event
 * happens at one with the operation before it; put {@link Log.pause} between them where others may come in between.
 */
import type { Atomic, Woken } from "../../src/memory/Atomic.ts"

/** What properties, and agents that wait, see of the model. */
export interface World<Event> {
  readonly history: ReadonlyArray<Event>
  readonly words: (region: string) => ReadonlyArray<number>
  readonly died: (agent: string) => boolean
  readonly finished: (agent: string) => boolean
  /** What a finished agent returned. */
  readonly result: (agent: string) => unknown
}

/** What an agent does beside its atomic operations. */
export interface Log<Event> {
  /** Adds plain data to the history, at one with the operation before it (at the start: as a step of its own). */
  readonly record: (event: Event) => void
  /** Waits until `read` gives something other than `undefined`. How messages of other agents and deaths are seen. */
  readonly until: <A>(label: string, read: (world: World<Event>) => A | undefined) => A
  /** Goes on with each of the options, plain data, in turn. */
  readonly choose: <A>(label: string, options: ReadonlyArray<A>) => A
  /** A step that does nothing: a place where others may act, or where the agent may die. */
  readonly pause: () => void
}

export interface Agent<Region extends string, Event> {
  readonly run: (memory: Readonly<Record<Region, Atomic>>, log: Log<Event>) => unknown
  /** It may stop for ever before any of its operations. */
  readonly mayDie?: boolean
  /** It may wait for ever; that any other agent does so is a violation. */
  readonly daemon?: boolean
}

export type Properties<Event> = Readonly<Record<string, (world: World<Event>) => boolean>>

export interface Model<Region extends string, Event> {
  /** The words of each region as they are at the start. */
  readonly memory: Readonly<Record<Region, ReadonlyArray<number>>>
  readonly agents: Readonly<Record<string, Agent<Region, Event>>>
  /** Must hold after every step. */
  readonly always?: Properties<Event>
  /** Must hold whenever no agent can go on. */
  readonly finally?: Properties<Event>
  /** Must each hold somewhere, or else the model does not show what it is meant to show. */
  readonly reaches?: Properties<Event>
  /** How a word is written in a schedule. */
  readonly show?: (word: number) => string
}

export interface Bounds {
  /** How often a schedule may leave an agent that could go on; unbounded if left out. Deaths are free. */
  readonly preemptions?: number
  /** States after which to give up (the report is then not `complete`); 2 million if left out. */
  readonly budget?: number
}

export interface Report {
  readonly violation: { readonly property: string; readonly schedule: ReadonlyArray<string> } | undefined
  readonly unreached: ReadonlyArray<string>
  /** Whether every state within the bounds was seen. */
  readonly complete: boolean
  readonly states: number
  readonly transitions: number
  /** Complete interleavings that the states stand for. */
  readonly schedules: number
  /** Times that an agent was really run. */
  readonly executions: number
}

type Operation<Event> =
  | { readonly kind: "load"; readonly address: number; readonly label: string }
  | { readonly kind: "store"; readonly address: number; readonly value: number; readonly label: string }
  | {
      readonly kind: "compareExchange"
      readonly address: number
      readonly expected: number
      readonly replacement: number
      readonly label: string
    }
  | {
      readonly kind: "wait"
      readonly address: number
      readonly expected: number
      /** It may be out of time whenever it waits: how long a step takes is not modelled. */
      readonly mayTimeOut: boolean
      readonly label: string
    }
  | { readonly kind: "notify"; readonly address: number; readonly label: string }
  | { readonly kind: "choose"; readonly options: ReadonlyArray<unknown>; readonly label: string }
  | { readonly kind: "until"; readonly read: (world: World<Event>) => unknown; readonly label: string }

/** Where an agent stands: its results so far and what follows from them. Made once for equal results. */
interface Point<Event> {
  readonly id: number
  readonly results: ReadonlyArray<unknown>
  readonly labels: ReadonlyArray<string>
  /** Recorded since the last operation. */
  readonly events: ReadonlyArray<Event>
  readonly next: Operation<Event> | undefined
  readonly result: unknown
  readonly failure: string | undefined
  readonly after: Map<string, Point<Event>>
}

/** A history. Made once for equal events. */
interface Past<Event> {
  readonly id: number
  readonly events: ReadonlyArray<Event>
  readonly after: Map<string, Past<Event>>
}

/** Whether an agent that is to wait next has looked at the word yet, and whether it was notified since. */
type Sleep = "awake" | "asleep" | "notified"

interface State<Event> {
  readonly words: ReadonlyArray<number>
  readonly sleeps: ReadonlyArray<Sleep>
  readonly points: ReadonlyArray<Point<Event>>
  readonly dead: ReadonlyArray<boolean>
  readonly past: Past<Event>
  /** The agent that took the last step other than dying; -1 at the start. */
  readonly last: number
  readonly preemptions: number
  readonly from: State<Event> | undefined
  schedules: number
}

const stop = new Error("stopped by the model checker: code under test must let this pass")

const plain = (value: unknown): string => JSON.stringify(value) ?? "undefined"

/** Explores the model within the bounds, up to the first violation. */
export const explore = <Region extends string, Event>(model: Model<Region, Event>, bounds: Bounds = {}): Report => {
  const names = Object.keys(model.agents)
  const agents = Object.values<Agent<Region, Event>>(model.agents)
  const show = model.show ?? String
  const budget = bounds.budget ?? 2_000_000
  const regions = new Map<string, { readonly base: number; readonly size: number }>()
  const initial: Array<number> = []
  for (const [name, words] of Object.entries<ReadonlyArray<number>>(model.memory)) {
    regions.set(name, { base: initial.length, size: words.length })
    initial.push(...words)
  }

  let executions = 0
  let ids = 0
  const execute = (agent: number, results: ReadonlyArray<unknown>, known: ReadonlyArray<string>): Point<Event> => {
    executions++
    const labels = [...known]
    const events: Array<Event> = []
    let done = 0
    let next: Operation<Event> | undefined
    let strayed: string | undefined
    const perform = (operation: Operation<Event>): unknown => {
      // Code under test may catch `stop`, or go on in a `finally`: whatever it does then has not happened.
      if (next !== undefined || strayed !== undefined) throw stop
      if (done < results.length) {
        if (labels[done] !== operation.label) {
          strayed = `did ${labels[done]} before, and with the same results now does ${operation.label}`
          throw stop
        }
        return results[done++]
      }
      next = operation
      labels.push(operation.label)
      throw stop
    }
    const region = (name: string, base: number, size: number): Atomic => {
      const address = (index: number): number => {
        if (!(Number.isInteger(index) && index >= 0 && index < size)) throw new RangeError(`${name}[${index}]`)
        return base + index
      }
      // The casts to number below: `perform` answers a load or a compareExchange with the word that was found.
      return {
        load: (index) => perform({ kind: "load", address: address(index), label: `load ${name}[${index}]` }) as number,
        store: (index, to) => {
          const value = to | 0
          perform({ kind: "store", address: address(index), value, label: `store ${name}[${index}] ${show(value)}` })
        },
        compareExchange: (index, from, to) => {
          const expected = from | 0
          const replacement = to | 0
          const label = `compareExchange ${name}[${index}] ${show(expected)} -> ${show(replacement)}`
          return perform({ kind: "compareExchange", address: address(index), expected, replacement, label }) as number
        },
        wait: (index, from, millis) => {
          const expected = from | 0
          const label = `wait ${name}[${index}] while ${show(expected)}`
          // answered as Atomics.wait is
          return perform({
            kind: "wait",
            address: address(index),
            expected,
            mayTimeOut: millis < Infinity,
            label
          }) as Woken
        },
        notify: (index) => {
          perform({ kind: "notify", address: address(index), label: `notify ${name}[${index}]` })
        }
      }
    }
    const pause = (): void => {
      perform({ kind: "until", read: () => true, label: "pause" })
    }
    const log: Log<Event> = {
      record: (event) => {
        if (next !== undefined) throw stop
        if (done === 0) pause()
        if (done === results.length) events.push(event)
      },
      // The casts: `perform` answers with what `read` gave, or with one of the options.
      until: <A>(label: string, read: (world: World<Event>) => A | undefined) =>
        perform({ kind: "until", read, label: `until ${label}` }) as A,
      choose: <A>(label: string, options: ReadonlyArray<A>) =>
        perform({ kind: "choose", options, label: `choose ${label}` }) as A,
      pause
    }
    // The cast: the entries are the model's own regions.
    const memory = Object.fromEntries(
      [...regions].map(([name, { base, size }]) => [name, region(name, base, size)])
    ) as Record<Region, Atomic>
    let result: unknown
    let failure: string | undefined
    try {
      result = agents[agent]?.run(memory, log)
    } catch (thrown) {
      if (thrown !== stop) failure = String(thrown)
    }
    if (done < results.length) strayed ??= `did ${labels[done]} before, and with the same results now ends`
    if (strayed !== undefined) throw new Error(`Cannot explore ${names[agent]}: it is not deterministic, it ${strayed}`)
    if (next !== undefined) failure = undefined
    return { id: ids++, results, labels, events, next, result, failure, after: new Map() }
  }

  const advance = (agent: number, point: Point<Event>, result: unknown): Point<Event> => {
    const key = plain(result)
    const known = point.after.get(key)
    if (known !== undefined) return known
    const made = execute(agent, [...point.results, result], point.labels)
    point.after.set(key, made)
    return made
  }

  const append = (past: Past<Event>, event: Event): Past<Event> => {
    const key = plain(event)
    const known = past.after.get(key)
    if (known !== undefined) return known
    const made = { id: ids++, events: [...past.events, event], after: new Map() }
    past.after.set(key, made)
    return made
  }

  const see = (state: State<Event>): World<Event> => {
    const agent = (name: string): number => {
      const found = names.indexOf(name)
      if (found < 0) throw new RangeError(`Cannot look at agent ${name}: the model has ${names.join(", ")}`)
      return found
    }
    const ended = (point: Point<Event> | undefined): boolean => point !== undefined && point.next === undefined
    return {
      history: state.past.events,
      words: (name) => {
        const found = regions.get(name)
        if (found === undefined) throw new RangeError(`Cannot look at region ${name}: the model has no such region`)
        return state.words.slice(found.base, found.base + found.size)
      },
      died: (name) => state.dead[agent(name)] === true,
      finished: (name) => ended(state.points[agent(name)]),
      result: (name) => state.points[agent(name)]?.result
    }
  }

  interface Outcome {
    /** Missing where the operation goes on. */
    readonly result?: unknown
    readonly words: ReadonlyArray<number>
    readonly sleeps: ReadonlyArray<Sleep>
  }
  /** What the next operation of an agent may do in this state; nothing when it has to wait. */
  const outcomes = (
    operation: Operation<Event>,
    agent: number,
    { points, sleeps, words }: State<Event>,
    world: World<Event>
  ): Array<Outcome> => {
    switch (operation.kind) {
      case "load":
        return [{ result: words[operation.address], words, sleeps }]
      case "store":
        return [{ result: undefined, words: words.with(operation.address, operation.value), sleeps }]
      case "compareExchange": {
        const found = words[operation.address]
        const same = found === operation.expected
        return [{ result: found, words: same ? words.with(operation.address, operation.replacement) : words, sleeps }]
      }
      case "wait": {
        const over = (result: Woken): Outcome => ({ result, words, sleeps: sleeps.with(agent, "awake") })
        switch (sleeps[agent]) {
          case "awake":
            if (words[operation.address] !== operation.expected) return [over("not-equal")]
            return [{ words, sleeps: sleeps.with(agent, "asleep") }]
          case "notified":
            return [over("ok")]
          default:
            return operation.mayTimeOut ? [over("timed-out")] : []
        }
      }
      case "notify": {
        const waits = (other: number): boolean => {
          const next = points[other]?.next
          return next?.kind === "wait" && next.address === operation.address && sleeps[other] === "asleep"
        }
        return [{ result: undefined, words, sleeps: sleeps.map((sleep, other) => (waits(other) ? "notified" : sleep)) }]
      }
      case "choose":
        return operation.options.map((result) => ({ result, words, sleeps }))
      case "until": {
        const result = operation.read(world)
        return result === undefined ? [] : [{ result, words, sleeps }]
      }
    }
  }

  const describeStep = (from: State<Event>, to: State<Event>): string => {
    const agent = to.points.findIndex((point, at) => point !== from.points[at] || to.dead[at] !== from.dead[at])
    if (agent < 0) return `${names[to.last]}: falls asleep, ${to.points[to.last]?.labels.at(-1)}`
    const point = to.points[agent]
    const operation = from.points[agent]?.next
    if (point === undefined || operation === undefined || to.dead[agent] === true) return `${names[agent]}: dies`
    const result = point.results.at(-1)
    const found = (): string => (typeof result === "number" ? show(result) : plain(result))
    const how = {
      load: () => `, found ${found()}`,
      store: () => "",
      compareExchange: () => (from.words === to.words ? `, found ${found()}` : ", done"),
      wait: () => `, ${plain(result)}`,
      notify: () => "",
      choose: () => `, ${plain(result)}`,
      until: () => ""
    }
    const events = point.events.map((event) => `; ${plain(event)}`)
    return `${names[agent]}: ${operation.label}${how[operation.kind]()}${events.join("")}`
  }

  const unreached = new Map(Object.entries(model.reaches ?? {}))
  let states = 0
  let transitions = 0
  let schedules = 0
  const report = (complete: boolean, property?: string, at?: State<Event>): Report => {
    const schedule: Array<string> = []
    for (let to = at; to?.from !== undefined; to = to.from) schedule.unshift(describeStep(to.from, to))
    const violation = property === undefined ? undefined : { property, schedule }
    return { violation, unreached: [...unreached.keys()], complete, states, transitions, schedules, executions }
  }

  // A state's depth is the number of results, deaths and begun sleeps in it, so equal states are always met in the same layer.
  let layer: Array<State<Event>> = [
    {
      words: initial.map((word) => word | 0),
      sleeps: agents.map(() => "awake"),
      points: agents.map((_, agent) => execute(agent, [], [])),
      dead: agents.map(() => false),
      past: { id: ids++, events: [], after: new Map() },
      last: -1,
      preemptions: 0,
      from: undefined,
      schedules: 1
    }
  ]
  while (layer.length > 0) {
    const found = new Map<string, State<Event>>()
    const reach = (
      from: State<Event>,
      { words, sleeps, points, dead, past, last, preemptions }: Omit<State<Event>, "from" | "schedules">
    ): void => {
      transitions++
      let key = `${past.id}`
      for (const point of points) key += `,${point.id}`
      for (const word of words) key += `,${word}`
      for (const gone of dead) key += gone ? "x" : "-"
      for (const sleep of sleeps) key += sleep.charAt(0)
      if (bounds.preemptions !== undefined) key += `${last},${preemptions}`
      const known = found.get(key)
      if (known !== undefined) known.schedules += from.schedules
      else found.set(key, { words, sleeps, points, dead, past, last, preemptions, from, schedules: from.schedules })
    }
    for (const state of layer) {
      if (++states > budget) return report(false)
      const world = see(state)
      for (const [agent, point] of state.points.entries()) {
        if (point.failure !== undefined) return report(false, `${names[agent]} threw ${point.failure}`, state)
      }
      for (const [property, holds] of Object.entries(model.always ?? {})) {
        if (!holds(world)) return report(false, property, state)
      }
      for (const [property, holds] of unreached) if (holds(world)) unreached.delete(property)

      const moves = state.points.map((point, agent) =>
        point.next === undefined || state.dead[agent] === true ? [] : outcomes(point.next, agent, state, world)
      )
      if (moves.every((outcomes) => outcomes.length === 0)) {
        const stuck = state.points.findIndex(
          (point, agent) => point.next !== undefined && state.dead[agent] !== true && agents[agent]?.daemon !== true
        )
        if (stuck >= 0) {
          return report(false, `${names[stuck]} waits for ever, ${state.points[stuck]?.labels.at(-1)}`, state)
        }
        for (const [property, holds] of Object.entries(model.finally ?? {})) {
          if (!holds(world)) return report(false, property, state)
        }
      }

      const before = transitions
      for (const [agent, point] of state.points.entries()) {
        const interrupts = state.last >= 0 && state.last !== agent && (moves[state.last]?.length ?? 0) > 0
        const preemptions = state.preemptions + (interrupts ? 1 : 0)
        for (const move of preemptions > (bounds.preemptions ?? Infinity) ? [] : (moves[agent] ?? [])) {
          const { sleeps, words } = move
          const to = "result" in move ? advance(agent, point, move.result) : point
          const points = state.points.with(agent, to)
          const past = to === point ? state.past : to.events.reduce(append, state.past)
          reach(state, { words, sleeps, points, dead: state.dead, past, last: agent, preemptions })
        }
        if (agents[agent]?.mayDie === true && point.next !== undefined && state.dead[agent] !== true) {
          reach(state, { ...state, dead: state.dead.with(agent, true) })
        }
      }
      if (transitions === before) schedules += state.schedules
    }
    layer = [...found.values()]
  }
  return report(true)
}

/** A report's violation for people to read. */
export const describeViolation = ({ violation }: Report): string =>
  violation === undefined
    ? "no violation"
    : [`violated: ${violation.property}`, ...violation.schedule.map((step, at) => `${at + 1}. ${step}`)].join("\n  ")

/** Explores the model and throws, with the schedule, unless all of its properties hold in all of its states. */
export const verify = <Region extends string, Event>(model: Model<Region, Event>, bounds: Bounds = {}): Report => {
  const report = explore(model, bounds)
  if (report.violation !== undefined) throw new Error(describeViolation(report))
  if (!report.complete) throw new Error(`Cannot verify the model: its states are more than ${report.states - 1}`)
  if (report.unreached.length > 0) {
    throw new Error(`Cannot verify the model: never reached ${report.unreached.join("; ")}`)
  }
  return report
}
