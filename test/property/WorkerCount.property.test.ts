import * as Effect from "effect/Effect"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { Environment } from "../../src/core/Environment.ts"
import { Current, kida, optimal, type Options, plan, shouldParallelize } from "../../src/core/WorkerCount.ts"
import type { Workload } from "../../src/core/Workload.ts"
import { get } from "../../src/core/WorkloadProfile.ts"

const cores = [1, 2, 3, 4, 6, 8, 10, 12, 16, 32, 64]

/** What kida's own code answers for 100 tasks, on machines of `cores` cores. */
const golden: ReadonlyArray<readonly [Workload, Environment, boolean, ReadonlyArray<number>]> = [
  ["render", "ci", false, [2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2]],
  ["render", "ci", true, [2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2]],
  ["render", "local", false, [2, 2, 2, 2, 3, 4, 4, 4, 4, 4, 4]],
  ["render", "local", true, [3, 3, 3, 3, 4, 4, 4, 4, 4, 4, 4]],
  ["render", "production", false, [2, 2, 2, 2, 3, 4, 5, 6, 8, 8, 8]],
  ["render", "production", true, [3, 3, 3, 3, 4, 6, 7, 8, 8, 8, 8]],
  ["compile", "ci", false, [1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2]],
  ["compile", "ci", true, [1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2]],
  ["compile", "local", false, [2, 2, 2, 2, 3, 4, 4, 4, 4, 4, 4]],
  ["compile", "local", true, [2, 2, 2, 2, 3, 4, 4, 4, 4, 4, 4]],
  ["compile", "production", false, [2, 2, 2, 2, 3, 4, 5, 6, 6, 6, 6]],
  ["compile", "production", true, [2, 2, 2, 2, 3, 4, 5, 6, 6, 6, 6]],
  ["io", "ci", false, [2, 2, 3, 4, 4, 4, 4, 4, 4, 4, 4]],
  ["io", "ci", true, [2, 2, 3, 4, 4, 4, 4, 4, 4, 4, 4]],
  ["io", "local", false, [2, 2, 2, 3, 4, 6, 7, 8, 8, 8, 8]],
  ["io", "local", true, [2, 2, 2, 3, 4, 6, 7, 8, 8, 8, 8]],
  ["io", "production", false, [2, 2, 2, 3, 4, 6, 7, 9, 12, 12, 12]],
  ["io", "production", true, [2, 2, 2, 3, 4, 6, 7, 9, 12, 12, 12]]
]

/** Where the corrected rules differ from kida's on the golden table, and why. */
const corrected: ReadonlyArray<readonly [Workload, Environment, boolean, ReadonlyArray<number>, string]> = [
  ["render", "ci", false, [1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2], "no more workers than cores"],
  ["render", "ci", true, [1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2], "no more workers than cores"],
  ["render", "local", false, [1, 2, 2, 2, 3, 4, 4, 4, 4, 4, 4], "no more workers than cores"],
  ["render", "local", true, [1, 2, 3, 3, 4, 4, 4, 4, 4, 4, 4], "no more workers than cores"],
  ["render", "production", false, [1, 2, 2, 2, 3, 4, 5, 6, 8, 8, 8], "no more workers than cores"],
  ["render", "production", true, [1, 2, 3, 3, 4, 6, 7, 8, 8, 8, 8], "no more workers than cores"],
  ["compile", "local", false, [1, 2, 2, 2, 3, 4, 4, 4, 4, 4, 4], "no more workers than cores"],
  ["compile", "local", true, [1, 2, 2, 2, 3, 4, 4, 4, 4, 4, 4], "no more workers than cores"],
  ["compile", "production", false, [1, 2, 2, 2, 3, 4, 5, 6, 6, 6, 6], "no more workers than cores"],
  ["compile", "production", true, [1, 2, 2, 2, 3, 4, 5, 6, 6, 6, 6], "no more workers than cores"],
  ["io", "ci", false, [2, 2, 2, 3, 4, 4, 4, 4, 4, 4, 4], "a build server gets no more than a developer"],
  ["io", "ci", true, [2, 2, 2, 3, 4, 4, 4, 4, 4, 4, 4], "a build server gets no more than a developer"]
]

const name = (workload: Workload, environment: Environment, sharedMemory: boolean): string =>
  `${workload} in ${environment}, ${sharedMemory ? "with" : "without"} shared memory`

const workload = fc.constantFrom<Workload>("render", "compile", "io")
const environment = fc.constantFrom<Environment>("ci", "local", "production")
const rules = fc.constantFrom("static", "kida")
const core = fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 1024 }))
const tasks = fc.oneof(
  fc.integer({ min: -5, max: 40 }),
  fc.integer({ min: 0, max: 1_000_000 }),
  fc.constantFrom(Number.POSITIVE_INFINITY, Number.NaN)
)
const weight = fc.oneof(fc.double({ min: 0.01, max: 50, noNaN: true }), fc.constantFrom(1, 0.5, 2))
const options: fc.Arbitrary<Options> = fc.record({
  workload,
  environment,
  cores: core,
  sharedMemory: fc.boolean(),
  weight,
  rules
})
const runs = { numRuns: 3000 }

describe("the rules of kida", () => {
  for (const [workload, environment, sharedMemory, expected] of golden) {
    it(name(workload, environment, sharedMemory), () => {
      const count = (cores: number) => optimal(100, { workload, environment, cores, sharedMemory, rules: "kida" })
      expect(cores.map(count)).toEqual(expected)
    })
  }

  it("edges: few tasks, odd weights, overrides", () => {
    const count = (tasks: number, weight = 1, override?: number) =>
      optimal(tasks, {
        environment: "production",
        cores: 16,
        sharedMemory: true,
        rules: "kida",
        weight,
        override
      })
    expect([count(0), count(1), count(-5), count(100, 0), count(100, -1)]).toEqual([1, 1, 1, 1, 1])
    expect([count(3, 2), count(3, 0.99), count(7, 1.5), count(5, 0.1)]).toEqual([6, 2, 8, 1])
    expect([count(5, 1, undefined), count(5, 1, 0), count(5, 1, -1)]).toEqual([5, 5, 5])
    expect([count(5, 1, 1), count(5, 1, 16), count(5, 1, 1000)]).toEqual([1, 16, 1000])
  })
})

describe("the corrected rules", () => {
  for (const [workload, environment, sharedMemory, expected] of golden) {
    const difference = corrected.find((row) => row[0] === workload && row[1] === environment && row[2] === sharedMemory)
    it(`${name(workload, environment, sharedMemory)}: ${difference?.[4] ?? "as kida"}`, () => {
      const count = (cores: number) => optimal(100, { workload, environment, cores, sharedMemory })
      expect(cores.map(count)).toEqual(difference?.[3] ?? expected)
    })
  }

  it("differ for a listed reason only", () => {
    fc.assert(
      fc.property(options, tasks, (options, tasks) => {
        const mine = optimal(tasks, { ...options, rules: "static" })
        const theirs = optimal(tasks, { ...options, rules: "kida" })
        if (mine === theirs) return
        expect(mine).toBeLessThan(theirs)
        const { cores = 1, environment, workload } = options
        const local = optimal(tasks, { ...options, environment: "local", rules: "kida" })
        const reasons = [
          theirs > Math.max(1, Number.isNaN(tasks) ? 0 : tasks),
          workload !== "io" && theirs > cores,
          environment === "ci" && theirs > local
        ]
        expect(reasons).toContain(true)
      }),
      runs
    )
  })

  it("never give a build server more than a developer, or a developer more than production", () => {
    fc.assert(
      fc.property(options, tasks, (options, tasks) => {
        const [ci, local, production] = (["ci", "local", "production"] as const).map((environment) =>
          optimal(tasks, { ...options, environment, rules: "static" })
        )
        expect(ci).toBeLessThanOrEqual(local ?? 0)
        expect(local).toBeLessThanOrEqual(production ?? 0)
      }),
      runs
    )
  })

  it("never take more workers than cores for work that computes", () => {
    fc.assert(
      fc.property(options, tasks, (options, tasks) => {
        const { concurrency, workers } = plan(tasks, { ...options, rules: "static" })
        if (options.workload === "io") return
        expect(workers).toBeLessThanOrEqual(options.cores ?? 0)
        expect(concurrency).toBe(1)
      }),
      runs
    )
  })
})

describe("both rules", () => {
  it("stay between 1 and the maximum, and never exceed the tasks (kida: unless they weigh more)", () => {
    fc.assert(
      fc.property(options, tasks, (options, tasks) => {
        const { environment = "ci", rules, weight = 1, workload = "render" } = options
        const n = optimal(tasks, options)
        expect(Number.isInteger(n) && n >= 1).toBe(true)
        expect(n).toBeLessThanOrEqual(get(workload, environment).maxWorkers)
        if (rules === "static" || weight <= 1) {
          expect(n).toBeLessThanOrEqual(Math.max(1, Number.isNaN(tasks) ? 0 : tasks))
        }
      }),
      runs
    )
  })

  it("take a positive override as it is, and ignore any other", () => {
    fc.assert(
      fc.property(options, tasks, fc.integer({ min: -10, max: 5000 }), (options, tasks, override) => {
        const expected = override > 0 ? override : optimal(tasks, options)
        expect(optimal(tasks, { ...options, override })).toBe(expected)
        if (override > 0) expect(plan(tasks, { ...options, override }).workers).toBe(override)
      }),
      runs
    )
  })

  it("grow with cores, tasks and weight", () => {
    fc.assert(
      fc.property(options, tasks, core, tasks, weight, (options, fewTasks, moreCores, moreTasks, moreWeight) => {
        const at = (tasks: number, changed: Options) => optimal(tasks, { ...options, ...changed })
        const { cores = 1, weight = 1 } = options
        const [fewer, more] = [Math.min(cores, moreCores), Math.max(cores, moreCores)]
        expect(at(fewTasks, { cores: fewer })).toBeLessThanOrEqual(at(fewTasks, { cores: more }))
        const [light, heavy] = [Math.min(weight, moreWeight), Math.max(weight, moreWeight)]
        expect(at(fewTasks, { weight: light })).toBeLessThanOrEqual(at(fewTasks, { weight: heavy }))
        if (Number.isNaN(fewTasks + moreTasks)) return
        const [few, many] = [Math.min(fewTasks, moreTasks), Math.max(fewTasks, moreTasks)]
        expect(at(few, {})).toBeLessThanOrEqual(at(many, {}))
      }),
      runs
    )
  })

  it("depend on their arguments only", () => {
    fc.assert(
      fc.property(options, tasks, (options, tasks) => {
        const frozen = Object.freeze({ ...options })
        expect(plan(tasks, frozen)).toEqual(plan(tasks, frozen))
      }),
      runs
    )
  })

  it("give build servers no more than developers, where they compute, and developers no more than production", () => {
    fc.assert(
      fc.property(options, tasks, (options, tasks) => {
        const local = optimal(tasks, { ...options, environment: "local" })
        expect(local).toBeLessThanOrEqual(optimal(tasks, { ...options, environment: "production" }))
        if (options.workload === "io") return
        const ci = optimal(tasks, { ...options, environment: "ci" })
        expect(ci).toBeLessThanOrEqual(optimal(tasks, { ...options, environment: "local" }))
      }),
      runs
    )
  })
})

describe("plans", () => {
  it("spend the slots of waiting work on calls at once, or on workers where calls may not overlap", () => {
    fc.assert(
      fc.property(options, tasks, fc.boolean(), (options, tasks, threadSafe) => {
        const io = { ...options, workload: "io", rules: "static", threadSafe } as const
        const { concurrency, workers } = plan(tasks, io)
        expect(workers * concurrency).toBe(optimal(tasks, io))
        expect(threadSafe ? workers : concurrency).toBe(1)
      }),
      runs
    )
  })

  it("agree with optimal and shouldParallelize, and say why with the numbers in it", () => {
    fc.assert(
      fc.property(options, tasks, (options, tasks) => {
        const { because, concurrency, parallelize, workers } = plan(tasks, options)
        expect(workers * concurrency).toBe(optimal(tasks, options))
        expect(parallelize).toBe(shouldParallelize(tasks, options))
        const text = because.join(" ")
        expect(text).toContain(`${options.workload} in ${options.environment}`)
        expect(text).toContain(`: ${workers * concurrency}.`)
        expect(text).toContain(`${options.cores} core`)
      }),
      runs
    )
  })
})

describe("shouldParallelize", () => {
  it("is false below the threshold and true from it on", () => {
    fc.assert(
      fc.property(workload, environment, fc.integer({ min: -5, max: 200 }), (workload, environment, tasks) => {
        const { taskThreshold } = get(workload, environment)
        expect(shouldParallelize(tasks, { workload, environment })).toBe(tasks >= taskThreshold)
      }),
      runs
    )
    const render = (tasks: number) => shouldParallelize(tasks, { environment: "local" })
    expect([0, 5, 9, 10, 15, Number.NaN].map(render)).toEqual([false, false, false, true, true, false])
    const compile = (tasks: number) => shouldParallelize(tasks, { workload: "compile", environment: "local" })
    expect([19, 20].map(compile)).toEqual([false, true])
  })

  it("wants 5000 bytes of work, where an estimate is given", () => {
    const estimated = (workEstimate: number) => shouldParallelize(100, { environment: "local", workEstimate })
    expect([0, 1000, 4999, 5000, 50_000].map(estimated)).toEqual([false, false, false, true, true])
    expect(shouldParallelize(9, { environment: "local", workEstimate: 50_000 })).toBe(false)
  })
})

it("an unknown workload is refused by name", () => {
  expect(() => optimal(1, { workload: "bake", environment: "ci" })).toThrow(
    'Cannot find the profiles of workload "bake": expected render, compile, io'
  )
})

it("the rules are a layer", async () => {
  const rules = Effect.gen(function* () {
    return yield* Current
  })
  expect(await Effect.runPromise(rules)).toBe("static")
  expect(await Effect.runPromise(Effect.provide(rules, kida))).toBe("kida")
})
