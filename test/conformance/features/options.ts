import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { expect } from "vitest"
import { Actor } from "../../../src/index.ts"
import { type AddRow, makeProbe, type Target } from "../setup.ts"

// what JavaScript, or a number that was computed, may ask for although the types forbid some of it
const wrong: ReadonlyArray<readonly [option: string, value: unknown]> = [
  ["size", 0],
  ["size", 1.5],
  ["size", Number.NaN],
  ["size", 1025],
  ["size", "2"],
  ["concurrency", 0],
  ["concurrency", 2049],
  ["state", "keyed"],
  ["console", "off"],
  ["interruption", "kill"],
  ["timeout", -1],
  ["timeout", "soon"],
  ["timeout", Number.NaN],
  ["grace", -1],
  ["grace", Number.NaN],
  ["startTimeout", "never"],
  ["shutdownTimeout", -1],
  ["maxQuarantined", -1],
  ["mailbox.capacity", 0],
  ["mailbox.overflow", "drop"],
  ["restart.intensity", -1],
  ["restart.period", "often"],
  ["restart.minBackoff", -1],
  ["restart.maxBackoff", -1],
  ["adapter", "./probe.adapter.ts"]
]

export const invalid = (_target: Target, row: AddRow): void => {
  for (const [option, value] of wrong) {
    row(
      `an option that makes no sense is refused by its name: ${option} ${JSON.stringify(value)} (${typeof value})`,
      () =>
        Effect.gen(function* () {
          const [outer = "", inner] = option.split(".")
          const options = { [outer]: inner === undefined ? value : { [inner]: value } }
          const error = yield* Effect.flip(makeProbe(options))
          expect(error).toMatchObject({ _tag: "InvalidOption", actor: "Probe", option, received: value })
          expect(error.message).toContain(option)
        })
    )
  }

  row('state "single" is refused together with several workers or several calls at once', () =>
    Effect.gen(function* () {
      expect(yield* Effect.flip(makeProbe({ state: "single", size: 2 }))).toMatchObject({ option: "size" })
      expect(yield* Effect.flip(makeProbe({ state: "single", concurrency: 2 }))).toMatchObject({
        option: "concurrency"
      })
    })
  )

  row("a limit or a read-ahead that is no number is a defect, not a hang", () =>
    Effect.gen(function* () {
      const probe = yield* makeProbe()
      expect(Exit.hasDies(yield* Effect.exit(Actor.timeout(probe.add(1, 2), Number.NaN)))).toBe(true)
      for (const inFlight of [Number.NaN, 0]) {
        const all = Actor.forEach([1], (n) => probe.add(n, n), { inFlight })
        expect(Exit.hasDies(yield* Effect.exit(all))).toBe(true)
      }
    })
  )

  row("a weight that is not a finite positive number is a defect", () =>
    Effect.gen(function* () {
      const probe = yield* makeProbe()
      for (const weight of [0, -1, Infinity, Number.NaN]) {
        expect(Exit.hasDies(yield* Effect.exit(Actor.weight(probe.add(1, 2), weight)))).toBe(true)
      }
      expect(yield* Actor.weight(probe.add(1, 2), 0.5)).toBe(3)
    })
  )
}
