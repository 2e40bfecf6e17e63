import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { over, type Atomic } from "../../src/memory/Atomic.ts"
import { describeViolation, explore, verify, type Agent, type Model } from "./interleave.ts"

const straight =
  (steps: number): Agent<"m", never>["run"] =>
  ({ m }) => {
    for (let step = 0; step < steps; step++) m.load(0)
  }

const factorial = (n: number): number => (n <= 1 ? 1 : n * factorial(n - 1))

const counter = (add: (memory: Atomic) => void): Model<"m", never> => ({
  memory: { m: [0] },
  agents: { a: { run: ({ m }) => add(m) }, b: { run: ({ m }) => add(m) } },
  finally: { "both additions count": (world) => world.words("m")[0] === 2 }
})

describe("interleave counts", () => {
  it.each([[[3]], [[1, 1]], [[2, 3]], [[2, 2, 2]], [[4, 3, 2]], [[1, 2, 3, 2]]])(
    "every interleaving of straight programs of %j operations, once",
    (lengths) => {
      const agents = Object.fromEntries(lengths.map((steps, at) => [`agent ${at}`, { run: straight(steps) }]))
      const report = verify({ memory: { m: [0] }, agents })
      const total = lengths.reduce((sum, steps) => sum + steps, 0)
      expect(report.schedules).toBe(lengths.reduce((left, steps) => left / factorial(steps), factorial(total)))
      expect(report.states).toBe(lengths.reduce((product, steps) => product * (steps + 1), 1))
      expect(report.executions).toBe(total + lengths.length)
    }
  )

  it.each([
    [0, 2],
    [1, 4],
    [2, 6]
  ])("only the schedules of at most %i preemptions", (preemptions, schedules) => {
    const agents = { a: { run: straight(2) }, b: { run: straight(2) } }
    expect(verify({ memory: { m: [0] }, agents }, { preemptions }).schedules).toBe(schedules)
  })

  it("a death before each operation, and none", () => {
    const report = verify({ memory: { m: [0] }, agents: { a: { run: straight(3), mayDie: true } } })
    expect(report.schedules).toBe(4)
  })
})

describe("interleave lets agents sleep", () => {
  const sleeper =
    (millis: number): Agent<"m", string>["run"] =>
    ({ m }, log) =>
      log.record(m.wait(0, 0, millis))
  const outcomes = (agents: Model<"m", string>["agents"]): ReadonlyArray<string> => {
    const found = new Set<string>()
    const collected = ({ history }: { readonly history: ReadonlyArray<string> }): boolean => {
      found.add(history.join())
      return true
    }
    verify({ memory: { m: [0] }, agents, finally: { collected } })
    return [...found].sort()
  }

  it("until they are notified, all that wait for the word", () => {
    const a = { run: sleeper(Infinity), daemon: true }
    const notify: Agent<"m", string>["run"] = ({ m }) => m.notify(0)
    expect(outcomes({ a, b: a, notifier: { run: notify } })).toEqual(["", "ok", "ok,ok"])
  })

  it("not on a word that has changed", () => {
    const change: Agent<"m", string>["run"] = ({ m }) => {
      m.store(0, 1)
      m.notify(0)
    }
    expect(outcomes({ a: { run: sleeper(Infinity) }, changer: { run: change } })).toEqual(["not-equal", "ok"])
  })

  it("until their time is up, at any time", () => {
    const notify: Agent<"m", string>["run"] = ({ m }) => m.notify(0)
    expect(outcomes({ a: { run: sleeper(5) }, notifier: { run: notify } })).toEqual(["ok", "timed-out"])
  })

  it("and finds the one whom nobody wakes", () => {
    const report = explore({ memory: { m: [0] }, agents: { a: { run: ({ m }) => m.wait(0, 0, Infinity) } } })
    expect(describeViolation(report)).toBe(
      "violated: a waits for ever, wait m[0] while 0\n  1. a: falls asleep, wait m[0] while 0"
    )
  })
})

describe("interleave agrees with real memory", () => {
  // A register machine: it loads into, stores from and compares with its register, so that programs depend on values.
  type Step = { readonly kind: "load" | "store" | "compareExchange"; readonly index: number; readonly add: number }
  const take = (memory: Atomic, register: number, { kind, index, add }: Step): number => {
    switch (kind) {
      case "load":
        return memory.load(index)
      case "store":
        memory.store(index, register + add)
        return register
      case "compareExchange":
        return memory.compareExchange(index, register, register + add)
    }
  }
  const program = fc.array(
    fc.record({
      kind: fc.constantFrom("load" as const, "store" as const, "compareExchange" as const),
      index: fc.nat({ max: 1 }),
      add: fc.integer({ min: -1, max: 2 })
    }),
    { maxLength: 4 }
  )

  /** Every merge of the programs, each run from the start on a real Int32Array. */
  const enumerate = (programs: ReadonlyArray<ReadonlyArray<Step>>): Set<string> => {
    const outcomes = new Set<string>()
    const merge = (order: ReadonlyArray<number>): void => {
      const lengths = programs.map((_, at) => order.filter((agent) => agent === at).length)
      const open = programs.flatMap((steps, at) => ((lengths[at] ?? 0) < steps.length ? [at] : []))
      for (const agent of open) merge([...order, agent])
      if (open.length > 0) return
      const buffer = new SharedArrayBuffer(8)
      const memory = over(buffer)
      const registers = programs.map(() => 0)
      const counters = programs.map(() => 0)
      for (const agent of order) {
        const step = programs[agent]?.[counters[agent] ?? 0]
        if (step === undefined) throw new Error("the merge is longer than the program")
        registers[agent] = take(memory, registers[agent] ?? 0, step)
        counters[agent] = (counters[agent] ?? 0) + 1
      }
      outcomes.add(JSON.stringify([[...new Int32Array(buffer)], registers]))
    }
    merge([])
    return outcomes
  }

  const outcomes = (programs: ReadonlyArray<ReadonlyArray<Step>>, mayDie: boolean): Set<string> => {
    const found = new Set<string>()
    const names = programs.map((_, at) => `agent ${at}`)
    verify({
      memory: { m: [0, 0] },
      agents: Object.fromEntries(
        programs.map((steps, at): [string, Agent<"m", never>] => [
          `agent ${at}`,
          { run: ({ m }) => steps.reduce((register, step) => take(m, register, step), 0), mayDie: mayDie && at === 0 }
        ])
      ),
      finally: {
        collected: (world) => {
          found.add(JSON.stringify([world.words("m"), names.map((name) => world.result(name) ?? "dead")]))
          return true
        }
      }
    })
    return found
  }

  it("in every outcome of random programs", () => {
    fc.assert(
      fc.property(fc.array(program, { minLength: 2, maxLength: 3 }), (programs) => {
        fc.pre(programs.reduce((sum, steps) => sum + steps.length, 0) <= 8)
        expect(outcomes(programs, false)).toEqual(enumerate(programs))
      }),
      { numRuns: 60 }
    )
  })

  it("when an agent may die, in the outcomes of all beginnings of its program", () => {
    fc.assert(
      fc.property(program, program, (mortal, other) => {
        const expected = new Set<string>()
        for (let length = 0; length <= mortal.length; length++) {
          for (const outcome of enumerate([mortal.slice(0, length), other])) {
            const [words, [register, ...rest]] = JSON.parse(outcome) as [Array<number>, Array<number>]
            if (length === mortal.length) expected.add(JSON.stringify([words, [register, ...rest]]))
            else expected.add(JSON.stringify([words, ["dead", ...rest]]))
          }
        }
        expect(outcomes([mortal, other], true)).toEqual(expected)
      }),
      { numRuns: 40 }
    )
  })
})

describe("interleave finds", () => {
  it("the lost update of load and store, by its shortest schedule", () => {
    const report = explore(counter((memory) => memory.store(0, memory.load(0) + 1)))
    expect(report.violation?.property).toBe("both additions count")
    expect(report.violation?.schedule).toHaveLength(4)
    expect(describeViolation(report)).toContain("1. a: load m[0], found 0")
  })

  it("nothing wrong with a compare-and-exchange loop", () => {
    const add = (memory: Atomic): void => {
      let seen = memory.load(0)
      let found = memory.compareExchange(0, seen, seen + 1)
      while (found !== seen) {
        seen = found
        found = memory.compareExchange(0, seen, seen + 1)
      }
    }
    expect(verify(counter(add)).schedules).toBeGreaterThan(2)
  })

  it("an agent that waits for ever, unless it is a daemon", () => {
    const model = (daemon: boolean): Model<"m", string> => ({
      memory: { m: [] },
      agents: {
        giver: { run: (_, log) => log.record("given"), mayDie: true },
        taker: { run: (_, log) => log.until("given", (world) => world.history[0]), daemon }
      }
    })
    expect(explore(model(false)).violation).toEqual({
      property: "taker waits for ever, until given",
      schedule: ["giver: dies"]
    })
    expect(verify(model(true)).schedules).toBe(2)
  })

  it("an exception of the code under test", () => {
    const report = explore({ memory: { m: [0] }, agents: { a: { run: ({ m }) => m.store(1, 1) } } })
    expect(report.violation?.property).toBe("a threw RangeError: m[1]")
  })

  it("an option that breaks a property", () => {
    const report = explore<never, number>({
      memory: {},
      agents: { a: { run: (_, log) => log.record(log.choose("n", [1, 2, 3])) } },
      always: { small: (world) => !world.history.includes(3) }
    })
    expect(report.violation?.schedule).toEqual(["a: choose n, 3; 3"])
  })
})

describe("interleave keeps apart", () => {
  it("histories that differ in order alone", () => {
    const seen = new Set<string>()
    verify<never, string>({
      memory: {},
      agents: { a: { run: (_, log) => log.record("a") }, b: { run: (_, log) => log.record("b") } },
      finally: { collected: (world) => seen.add(world.history.join("")).size > 0 }
    })
    expect(seen).toEqual(new Set(["ab", "ba"]))
  })

  it("an event from the operation before it only by a pause", () => {
    const model = (pause: boolean): Model<"m", string> => ({
      memory: { m: [0] },
      agents: {
        a: {
          run: ({ m }, log) => {
            m.store(0, 1)
            if (pause) log.pause()
            log.record("stored")
          }
        },
        b: { run: ({ m }) => m.load(0) }
      },
      always: { together: (world) => (world.words("m")[0] === 1) === world.history.includes("stored") }
    })
    expect(explore(model(false)).violation).toBeUndefined()
    expect(explore(model(true)).violation?.schedule).toEqual(["a: store m[0] 1"])
  })
})

describe("interleave refuses", () => {
  const free = (): Model<"m", never> => ({ memory: { m: [0] }, agents: { a: { run: straight(9) } } })

  it("to call a model verified that it has not finished", () => {
    expect(explore(free(), { budget: 5 }).complete).toBe(false)
    expect(() => verify(free(), { budget: 5 })).toThrow("Cannot verify the model: its states are more than 5")
  })

  it("to call a model verified that does not show what it is meant to show", () => {
    expect(() => verify({ ...free(), reaches: { "a one": (world) => world.words("m")[0] === 1 } })).toThrow(
      "Cannot verify the model: never reached a one"
    )
  })

  it("an agent that depends on more than it is handed", () => {
    let runs = 0
    const agents = { a: { run: ({ m }: { readonly m: Atomic }) => (m.load(0), m.load(++runs % 2)) } }
    expect(() => explore({ memory: { m: [0, 0] }, agents })).toThrow("a: it is not deterministic")
  })

  it("to let code that catches everything go on after it was stopped", () => {
    const report = verify<"m", string>({
      memory: { m: [0] },
      agents: {
        a: {
          run: ({ m }, log) => {
            try {
              m.load(0)
            } finally {
              try {
                m.store(0, 1)
              } catch {
                // What follows must count only once the store has really been done.
              }
            }
            log.record("stored")
          }
        }
      },
      always: { true: (world) => world.history.length === 0 || world.words("m")[0] === 1 }
    })
    expect(report.schedules).toBe(1)
  })
})
