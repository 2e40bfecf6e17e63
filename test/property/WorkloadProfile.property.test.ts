import * as Effect from "effect/Effect"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { environments } from "../../src/core/Environment.ts"
import { optimal } from "../../src/core/WorkerCount.ts"
import {
  Current,
  get,
  InvalidProfile,
  layer,
  make,
  override,
  standard,
  type WorkloadProfile
} from "../../src/core/WorkloadProfile.ts"

const valid: fc.Arbitrary<WorkloadProfile> = fc
  .record({
    taskThreshold: fc.integer({ min: 1, max: 1000 }),
    minWorkers: fc.integer({ min: 1, max: 64 }),
    more: fc.nat({ max: 64 }),
    cpuFraction: fc.double({ min: 0.01, max: 1, noNaN: true }),
    parallelMultiplier: fc.double({ min: 1, max: 4, noNaN: true })
  })
  .map(({ more, ...profile }) => ({ ...profile, maxWorkers: profile.minWorkers + more }))

/** Numbers that are wrong for a field, whatever the others are. */
const wrong: Record<keyof WorkloadProfile, ReadonlyArray<unknown>> = {
  taskThreshold: [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, "10", undefined],
  minWorkers: [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, "2", undefined],
  maxWorkers: [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, "4", undefined],
  cpuFraction: [0, -0.5, 1.01, Number.NaN, Number.POSITIVE_INFINITY, undefined],
  parallelMultiplier: [0, 0.99, -1, Number.NaN, Number.POSITIVE_INFINITY, undefined]
}

describe("profiles", () => {
  it("are all nine there, and valid", () => {
    const all = Object.entries(standard).flatMap(([workload, profiles]) =>
      environments.map((environment) => make(profiles[environment], `${workload} in ${environment}`))
    )
    expect(all).toHaveLength(9)
  })

  it("stand to each other as the seeds' tests want", () => {
    for (const environment of environments) {
      const [render, compile, io] = [get("render", environment), get("compile", environment), get("io", environment)]
      expect(compile.taskThreshold).toBeGreaterThanOrEqual(render.taskThreshold)
      expect(io.maxWorkers).toBeGreaterThanOrEqual(render.maxWorkers)
    }
    expect(get("render", "ci").maxWorkers).toBe(2)
  })

  it("are taken when valid", () => {
    fc.assert(
      fc.property(valid, (profile) => {
        expect(make(profile)).toEqual(profile)
      })
    )
  })

  it("are refused with the field, what was expected and what was received", () => {
    for (const [field, values] of Object.entries(wrong)) {
      for (const received of values) {
        fc.assert(
          fc.property(valid, (profile) => {
            // deliberately of the wrong type
            const broken = { ...profile, [field]: received } as WorkloadProfile
            expect(() => make(broken, "test in ci")).toThrow(InvalidProfile)
            expect(() => make(broken, "test in ci")).toThrow(
              new RegExp(`^Cannot use the profile test in ci: ${field} expects .*, received ${String(received)}$`)
            )
          }),
          { numRuns: 20 }
        )
      }
    }
    fc.assert(
      fc.property(valid, fc.integer({ min: 1, max: 10 }), (profile, less) => {
        const maxWorkers = profile.minWorkers - less
        expect(() => make({ ...profile, maxWorkers })).toThrow(
          "maxWorkers expects a whole number of at least minWorkers"
        )
      })
    )
  })

  it("can be replaced one by one, and completed by workloads of one's own", () => {
    fc.assert(
      fc.property(valid, valid, (one, own) => {
        const table = override({ render: { production: one }, own })
        expect(get("render", "production", table)).toEqual(one)
        expect(get("render", "local", table)).toEqual(standard.render.local)
        expect(environments.map((environment) => get("own", environment, table))).toEqual([own, own, own])
        const n = optimal(Number.POSITIVE_INFINITY, {
          workload: "own",
          environment: "ci",
          profiles: table,
          cores: 1024,
          sharedMemory: false
        })
        expect(n).toBeLessThanOrEqual(own.maxWorkers)
      })
    )
    expect(() => override({ own: { ci: standard.render.ci } })).toThrow("Cannot find the profile own in local")
    expect(() => get("constructor", "ci")).toThrow('Cannot find the profiles of workload "constructor"')
  })

  it("are a layer, which dies of wrong numbers", async () => {
    const mine = { ...standard.render.ci, maxWorkers: 7 }
    const asked = Effect.map(Current, (table) => get("render", "ci", table).maxWorkers)
    expect(await Effect.runPromise(asked)).toBe(2)
    expect(await Effect.runPromise(Effect.provide(asked, layer({ render: { ci: mine } })))).toBe(7)
    const broken = layer({ render: { ci: { ...mine, cpuFraction: 2 } } })
    const exit = await Effect.runPromise(Effect.exit(Effect.provide(asked, broken)))
    expect(String(exit)).toContain("render in ci: cpuFraction expects a number above 0 and at most 1, received 2")
  })
})
