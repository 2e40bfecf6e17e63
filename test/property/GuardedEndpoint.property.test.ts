import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import * as GuardedEndpoint from "../../src/wire/GuardedEndpoint.ts"

type Listener = (event: { readonly data: unknown }) => void

const guardedPair = (side: GuardedEndpoint.Side) => {
  const listeners: Array<Listener> = []
  const posted: Array<unknown> = []
  const heard: Array<unknown> = []
  const guarded = GuardedEndpoint.make(
    {
      postMessage: (message) => void posted.push(message),
      addEventListener: (_type, listener) => void listeners.push(listener),
      removeEventListener: () => undefined
    },
    side,
    new Set(["start", "close"])
  )
  guarded.addEventListener("message", ({ data }) => heard.push(data))
  return { guarded, posted, heard, deliver: (data: unknown) => listeners.forEach((listener) => listener({ data })) }
}

const raw = fc.record({ type: fc.constant("RAW"), value: fc.anything() })

const near = fc.record(
  {
    id: fc.oneof(fc.constant("1-2"), fc.constant(""), fc.integer()),
    type: fc.constantFrom("APPLY", "GET", "SET", "CONSTRUCT", "ENDPOINT", "RELEASE", "RAW", "HANDLER"),
    path: fc.array(fc.constantFrom("start", "close", "constructor", "__proto__", "toString", "other"), {
      maxLength: 2
    }),
    argumentList: fc.array(fc.oneof(raw, fc.record({ type: fc.constant("HANDLER"), name: fc.string() })), {
      maxLength: 2
    })
  },
  { requiredKeys: [] }
)

const question = (name: string) => ({ id: "1-2", type: "APPLY", path: [name], argumentList: [] })

describe("a guarded endpoint", () => {
  it("lets through applications of its names to plain values, and counts the rest", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(near, fc.anything()), { maxLength: 20 }), (messages) => {
        const { deliver, guarded, heard } = guardedPair("answers")
        for (const message of messages) deliver(message)
        expect(heard.length + guarded.refused()).toBe(messages.length)
        for (const message of heard) {
          expect(message).toMatchObject({ id: "1-2", type: "APPLY" })
          const { argumentList, path } = message as { path: Array<string>; argumentList: Array<{ type: string }> }
          expect(path.length).toBe(1)
          expect(["start", "close"]).toContain(path[0])
          for (const { type } of argumentList) expect(type).toBe("RAW")
        }
      }),
      { numRuns: 3000 }
    )
  })

  it("lets an honest conversation through, and nothing that it did not begin", () => {
    const answering = guardedPair("answers")
    answering.deliver(question("start"))
    answering.deliver(question("constructor"))
    expect(answering.heard).toEqual([question("start")])
    answering.guarded.postMessage({ id: "1-2", type: "RAW", value: 1 })
    answering.guarded.postMessage({ id: "1-2", type: "HANDLER", name: "proxy", value: {} })
    expect(answering.posted).toEqual([{ id: "1-2", type: "RAW", value: 1 }])
    const asking = guardedPair("asks")
    asking.guarded.postMessage(question("close"))
    asking.guarded.postMessage({ id: "1-2", type: "RELEASE", path: [] })
    expect(asking.posted).toEqual([question("close")])
    asking.deliver({ id: "1-2", type: "RAW", value: 2 })
    asking.deliver({ id: "1-2", type: "HANDLER", name: "throw", value: {} })
    expect(asking.heard).toEqual([{ id: "1-2", type: "RAW", value: 2 }])
    expect([answering.guarded.refused(), asking.guarded.refused()]).toEqual([2, 2])
  })
})
