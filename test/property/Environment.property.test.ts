import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import {
  ciVariables,
  config,
  Current,
  detect,
  type Environment,
  environments,
  InvalidEnvironment,
  layer,
  variable
} from "../../src/core/Environment.ts"

const blanks = fc.stringMatching(/^[ \t\n]{0,3}$/)
const anyCase = (word: string) =>
  fc
    .array(fc.boolean(), { minLength: word.length, maxLength: word.length })
    .map((upper) => [...word].map((char, at) => (upper[at] ? char.toUpperCase() : char)).join(""))
const off = fc.constantFrom("", "0", "false", "FALSE", " false ", " 0", "  ")
const on = fc.constantFrom("1", "true", "yes", "https://ci.example.org", "no")
const others = fc.dictionary(fc.stringMatching(/^[A-Z]{3,8}_X$/), fc.string())

describe("the environment", () => {
  it("is what the deciding variable says, in any case and with blanks, whatever else is set", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...environments).chain((one) => fc.tuple(fc.constant(one), blanks, anyCase(one), blanks)),
        fc.dictionary(fc.constantFrom(...ciVariables), on),
        ([expected, before, word, after], ci) => {
          expect(detect({ ...ci, [variable]: `${before}${word}${after}` })).toBe(expected)
        }
      )
    )
  })

  it("is ci as soon as one of the ten variables is set, and local otherwise", () => {
    fc.assert(
      fc.property(fc.constantFrom(...ciVariables), on, off, others, (name, on, off, others) => {
        expect(detect({ ...others, [name]: on })).toBe("ci")
        expect(detect({ ...others, [name]: off })).toBe("local")
        expect(detect({ ...others, [name]: undefined, [variable]: " " })).toBe("local")
      })
    )
    expect(ciVariables).toHaveLength(10)
  })

  it("is refused when the deciding variable names none of the three, which are then named", () => {
    fc.assert(
      fc.property(
        fc.string().filter((text) => !["", ...environments].includes(text.trim().toLowerCase())),
        (text) => {
          expect(() => detect({ [variable]: text, CI: "1" })).toThrow(InvalidEnvironment)
          expect(() => detect({ [variable]: text })).toThrow("expected ci, local, production, received")
        }
      )
    )
  })

  it("is the same from a ConfigProvider", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(fc.constantFrom(variable, ...ciVariables), fc.constantFrom("", "1", "false", "production", "qa")),
        async (env) => {
          const asked = Effect.provideService(config, ConfigProvider.ConfigProvider, ConfigProvider.fromEnv({ env }))
          const outcome = (run: () => Environment) => {
            try {
              return run()
            } catch (error) {
              return error
            }
          }
          const told = await Effect.runPromise(
            Effect.match(asked, { onSuccess: (found): unknown => found, onFailure: (error): unknown => error })
          )
          expect(told).toEqual(outcome(() => detect(env)))
        }
      )
    )
  })

  it("can be fixed by a layer", async () => {
    const current = Effect.flatMap(Current, (environment) => environment)
    expect(await Effect.runPromise(Effect.provide(current, layer("production")))).toBe("production")
  })

  it("of this process is one of the three", () => {
    expect(environments).toContain(detect())
  })
})
