import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { expect } from "vitest"
import * as Adapter from "../../../src/worker/Adapter.ts"
import { type AddRow, makeProbe, type Target } from "../setup.ts"

class Account {
  private readonly close = (): void => undefined
  closed(): boolean {
    return this.close === undefined
  }
}

export const serialization = (_target: Target, row: AddRow): void => {
  const culprits: ReadonlyArray<readonly [what: string, args: readonly [unknown, unknown], path: string]> = [
    ["a function in an object", [{ onClick: () => 1 }, 1], "args[0].onClick"],
    ["a function in a list", [1, { list: [1, 2, 3, () => 4] }], "args[1].list[3]"],
    ["a function as such", [() => 1, 1], "args[0]"],
    ["a symbol", [1, { kind: Symbol("kind") }], "args[1].kind"],
    ["a value of a Map", [new Map([["retry", () => 1]]), 1], 'args[0].get("retry")'],
    ["a key of a Map", [new Map([[() => 1, 1]]), 1], "args[0].keys()[0]"],
    ["a member of a Set", [new Set([1, () => 1]), 1], "args[0].values()[1]"],
    ["a promise", [{ later: Promise.resolve(1) }, 1], "args[0].later"],
    ["a WeakMap", [1, [new WeakMap()]], "args[1][0]"],
    ["a field of an instance", [new Account(), 1], "args[0].close"],
    ["a field whose name is no identifier", [{ "on-click": () => 1 }, 1], 'args[0]["on-click"]']
  ]
  for (const [what, args, path] of culprits) {
    row(`an argument that cannot be cloned fails its call with its path: ${what}`, () =>
      Effect.gen(function* () {
        const probe = yield* makeProbe()
        const error = yield* Effect.flip(probe.second(...args))
        expect(error).toMatchObject({
          _tag: "SerializationError",
          actor: "Probe",
          method: "second",
          direction: "argument",
          path
        })
        expect(error.message).toContain(path)
        expect(yield* probe.add(1, 2)).toBe(3)
      })
    )
  }

  row("a result that cannot be cloned fails its call with its path", () =>
    Effect.gen(function* () {
      const probe = yield* makeProbe()
      expect(yield* Effect.flip(probe.returnsFunction())).toMatchObject({
        _tag: "SerializationError",
        direction: "result",
        path: "result"
      })
      expect(yield* Effect.flip(probe.returnsInside())).toMatchObject({
        _tag: "SerializationError",
        direction: "result",
        path: "result.list[2].late"
      })
    })
  )

  row("one argument that cannot be cloned fails alone in a burst", () =>
    Effect.gen(function* () {
      const probe = yield* makeProbe({ size: 2 })
      const exits = yield* Effect.forEach(
        Array(100).keys(),
        (n) => Effect.exit(n === 50 ? probe.echo(() => n) : probe.echo(n)),
        { concurrency: "unbounded" }
      )
      expect(exits.flatMap((exit, index) => (Exit.isFailure(exit) ? [index] : []))).toEqual([50])
      expect(exits.map((exit) => (Exit.isSuccess(exit) ? exit.value : "failed"))).toEqual(
        Array.from({ length: 100 }, (_, n) => (n === 50 ? "failed" : n))
      )
    })
  )

  row("values that structured clone knows arrive as they were", () =>
    Effect.gen(function* () {
      const probe = yield* makeProbe()
      const value = {
        map: new Map<unknown, unknown>([["a", new Set([1, 2n])]]),
        date: new Date(0),
        bytes: new Uint8Array([1, 2, 3]),
        pattern: /a+/gi,
        nothing: [undefined, null, Number.NaN, -0]
      }
      expect(yield* probe.echo(value)).toEqual(value)
    })
  )

  row("a method's own options of set-up that cannot be cloned are refused by their path", () =>
    Effect.gen(function* () {
      const options = { greeting: "Hej", onGreet: () => 1 }
      const error = yield* Effect.flip(makeProbe({ options }))
      expect(error).toMatchObject({ _tag: "InvalidOption", option: "options.onGreet" })
    })
  )
}

export const moves = (target: Target, row: AddRow): void => {
  row("a moved ArrayBuffer arrives and is gone at the sender", () =>
    Effect.gen(function* () {
      const probe = yield* makeProbe()
      const buffer = new ArrayBuffer(1 << 20)
      expect(yield* probe.size(Adapter.move(buffer))).toBe(1 << 20)
      expect(buffer.byteLength).toBe(0)
    })
  )

  row("a moved Uint8Array takes its buffer along", () =>
    Effect.gen(function* () {
      const probe = yield* makeProbe()
      const bytes = new Uint8Array(1024).fill(5)
      expect(yield* probe.size(Adapter.move(bytes))).toBe(1024)
      expect(bytes.byteLength).toBe(0)
    })
  )

  row("an argument that is not moved stays with the sender", () =>
    Effect.gen(function* () {
      const probe = yield* makeProbe()
      const bytes = new Uint8Array(1024)
      expect(yield* probe.size(bytes)).toBe(1024)
      expect(bytes.byteLength).toBe(1024)
    })
  )

  row("a view of a part is cloned, and what it is a part of stays", () =>
    Effect.gen(function* () {
      const probe = yield* makeProbe()
      const buffer = new ArrayBuffer(64)
      const part = new Uint8Array(buffer, 8, 16)
      expect(yield* probe.size(Adapter.move(part))).toBe(16)
      expect([part.byteLength, buffer.byteLength]).toEqual([16, 64])
      // as a small Buffer lies in a pool that others use
      const pooled = Buffer.from(new ArrayBuffer(64), 8, 5).fill("hello")
      expect(yield* probe.size(Adapter.move(pooled))).toBe(5)
      expect(pooled.toString()).toBe("hello")
    })
  )

  if (target.link === "frames") {
    row("what is moved may lie inside an argument", () =>
      Effect.gen(function* () {
        const probe = yield* makeProbe()
        const [one, two] = [new ArrayBuffer(10), new ArrayBuffer(20)]
        const all = [{ bytes: Adapter.move(one) }, { bytes: two }]
        expect(yield* probe.sizeOfAll(all)).toEqual([10, 20])
        expect([one.byteLength, two.byteLength]).toEqual([0, 20])
      })
    )
  }

  row("the parts of an argument that move can be named", () =>
    Effect.gen(function* () {
      const probe = yield* makeProbe()
      const [one, two] = [new ArrayBuffer(10), new ArrayBuffer(20)]
      expect(yield* probe.sizeOfAll(Adapter.move([{ bytes: one }, { bytes: two }], [two]))).toEqual([10, 20])
      expect([one.byteLength, two.byteLength]).toEqual([10, 0])
    })
  )

  row("a moved result arrives", () =>
    Effect.gen(function* () {
      const probe = yield* makeProbe()
      const bytes = yield* probe.moved(1024)
      expect(bytes).toEqual(new Uint8Array(1024).fill(7))
      // what is left in the worker: nothing, but over a plain Comlink call, which clones results
      expect(yield* probe.moved(-1)).toBe(target.link === "frames" ? 0 : 1024)
    })
  )

  row("a port can be moved, and what is posted on it arrives", () =>
    Effect.gen(function* () {
      const probe = yield* makeProbe()
      const { port1, port2 } = new MessageChannel()
      const heard = new Promise<unknown>((resolve) => {
        port1.onmessage = (event) => resolve(event.data)
      })
      yield* probe.hello(Adapter.move(port2))
      expect(yield* Effect.promise(() => heard)).toBe("hello")
      port1.close()
    })
  )

  row("a call that fails because another argument cannot be cloned leaves what it should have moved", () =>
    Effect.gen(function* () {
      const probe = yield* makeProbe()
      const buffer = new ArrayBuffer(1024)
      const error = yield* Effect.flip(probe.second(Adapter.move(buffer), () => 1))
      expect(error).toMatchObject({ _tag: "SerializationError", direction: "argument", path: "args[1]" })
      expect(buffer.byteLength).toBe(1024)
      expect(yield* probe.add(1, 2)).toBe(3)
    })
  )

  row("a call that waits for a worker takes what it moves along when it is sent", () =>
    Effect.gen(function* () {
      const probe = yield* makeProbe()
      const buffers = Array.from({ length: 10 }, (_, index) => new ArrayBuffer(index + 1))
      const sizes = yield* Effect.forEach(buffers, (buffer) => probe.size(Adapter.move(buffer)), {
        concurrency: "unbounded"
      })
      expect(sizes).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
      expect(buffers.map(({ byteLength }) => byteLength)).toEqual(Array(10).fill(0))
    })
  )
}
