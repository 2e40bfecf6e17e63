import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { expect } from "vitest"
import { Actor, type ActorError, type WorkerBackend } from "../../../src/index.ts"
import { askWindow, streamWindow } from "../../../src/wire/Frame.ts"
import * as Board from "../../adapters/board.ts"
import type live from "../../adapters/live.adapter.ts"
import { adapter, type AddRow, fork, type Target, until, untilStats } from "../setup.ts"

type Live = Actor.Shape<typeof live>

const restart = { intensity: 20, minBackoff: 1, maxBackoff: 20 }

const parent: Actor.Options<typeof live>["parent"] = {
  note: () => undefined,
  twice: (n) => 2 * n,
  fail: () => Effect.die("is not asked"),
  wait: () => Effect.never
}

const makeLive = (
  options: Partial<Actor.Options<typeof live>> = {}
): Effect.Effect<Live, ActorError.BuildError, Scope.Scope | WorkerBackend.WorkerBackend> =>
  Actor.make<typeof live>("Live", { adapter: adapter("live.adapter.ts"), size: 1, parent, restart, ...options })

/** Completes when `reached` says so; dies, so that nothing hangs, when that takes 20 seconds. */
const untilTrue = (what: string, reached: () => boolean): Effect.Effect<void> =>
  Effect.promise(async () => {
    const giveUp = performance.now() + 20_000
    while (!reached()) {
      if (performance.now() > giveUp) throw new Error(`Gave up waiting until ${what}`)
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
  })

const upTo = (to: number): Array<number> => Array.from({ length: to }, (_, index) => index + 1)

/** Streams that count how many of them have run their finalizers. */
const makeClosing = () => {
  const closing = {
    count: 0,
    of: <A>(stream: Stream.Stream<A>): Stream.Stream<A> =>
      Stream.ensuring(
        stream,
        Effect.sync(() => void closing.count++)
      )
  }
  return closing
}

/** A function that goes on until it is interrupted. */
const makeNever = () => {
  const counts = { begun: 0, interrupted: 0 }
  const run: Effect.Effect<never> = Effect.onInterrupt(
    Effect.suspend(() => {
      counts.begun++
      return Effect.never
    }),
    () => Effect.sync(() => void counts.interrupted++)
  )
  return Object.assign(counts, { run, callback: Actor.callback(() => run) })
}

class Refused extends Data.TaggedError("Refused")<{ readonly what: string; readonly message: string }> {}

class Factor extends Context.Service<Factor, number>()("Factor") {}

/** The worker serves, and holds nothing. */
const isFree = (actor: Live): Effect.Effect<void, ActorError.ActorError> =>
  Effect.gen(function* () {
    expect(yield* actor.add(1, 2)).toBe(3)
    const stats = yield* untilStats(actor, ({ workers }) => workers.every(({ outstanding }) => outstanding === 0))
    expect(stats.submitted).toBe(stats.succeeded + stats.failed + stats.interrupted)
    expect(stats.refused).toBe(0)
  })

export const callbacks = (target: Target, row: AddRow): void => {
  if (target.link === "comlink") {
    row("a plain Comlink call carries no function of the main side", () =>
      Effect.gen(function* () {
        const actor = yield* makePlain()
        const error = yield* Effect.flip(actor.keep(Actor.callback((n: number) => n)))
        expect(error).toMatchObject({ _tag: "SerializationError", direction: "argument", path: "args[0]" })
        expect(yield* actor.add(1, 2)).toBe(3)
      })
    )
    return
  }

  row("a method calls a function of the main side, which returns a value, a promise or an Effect", () =>
    Effect.gen(function* () {
      const actor = yield* makeLive()
      expect(
        yield* actor.map(
          [1, 2, 3],
          Actor.callback((n) => 2 * n)
        )
      ).toEqual([2, 4, 6])
      expect(
        yield* actor.map(
          [1, 2, 3],
          Actor.callback(async (n) => 3 * n)
        )
      ).toEqual([3, 6, 9])
      const slow = Actor.callback((n: number) => Effect.as(Effect.sleep(1), 4 * n))
      expect(yield* actor.map([1, 2, 3], slow)).toEqual([4, 8, 12])
      yield* isFree(actor)
    })
  )

  row("functions are told apart by their position, and may be left out", () =>
    Effect.gen(function* () {
      const actor = yield* makeLive()
      const both = actor.both(
        Actor.callback((n) => n + 1),
        10,
        Actor.callback((n) => n - 1)
      )
      expect(yield* both).toEqual([11, 9])
      expect(yield* actor.optional(5)).toBe(5)
      expect(
        yield* actor.optional(
          5,
          Actor.callback((n) => -n)
        )
      ).toBe(-5)
    })
  )

  row("calls that nobody waits for arrive in their order, before the result", () =>
    Effect.gen(function* () {
      const actor = yield* makeLive()
      const steps: Array<number> = []
      const call = actor.report(
        askWindow,
        Actor.callback((n) => void steps.push(n))
      )
      expect(yield* call).toBe(askWindow)
      expect(steps).toEqual(upTo(askWindow))
      // each run of a call has its own function at work
      expect(yield* call).toBe(askWindow)
      expect(steps).toHaveLength(2 * askWindow)
      yield* isFree(actor)
    })
  )

  row("no more than a window of calls are on their way, and each is answered once", () =>
    Effect.gen(function* () {
      const actor = yield* makeLive()
      const count = 10 * askWindow
      let running = 0
      let most = 0
      const calls: Array<number> = []
      const f = Actor.callback((n: number) =>
        Effect.gen(function* () {
          calls.push(n)
          most = Math.max(most, ++running)
          yield* Effect.yieldNow
          yield* Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 0)))
          running--
          return -n
        })
      )
      expect(yield* actor.mapAtOnce(upTo(count), f)).toEqual(upTo(count).map((n) => -n))
      expect(calls).toEqual(upTo(count))
      expect(most).toBeGreaterThan(1)
      expect(most).toBeLessThanOrEqual(askWindow)
      yield* isFree(actor)
    })
  )

  row("a function runs with the services of its caller", () =>
    Effect.gen(function* () {
      const actor = yield* makeLive()
      const program = Effect.gen(function* () {
        const context = yield* Effect.context<Factor>()
        const f = (n: number): Effect.Effect<number> =>
          Effect.map(Factor, (factor) => factor * n).pipe(Effect.provide(context))
        return yield* actor.map([1, 2], Actor.callback(f))
      })
      expect(yield* Effect.provideService(program, Factor, 7)).toEqual([7, 14])
      // what the function does is a part of the call
      const named = actor.caught(Actor.callback(() => Effect.map(Effect.currentSpan, (span) => span.name)))
      expect(yield* Effect.withSpan(named, "of the caller")).toBe("Live.caught")
    })
  )

  row("a failure of the function rejects in the worker, with all that an error has", () =>
    Effect.gen(function* () {
      const actor = yield* makeLive()
      const refuse = Actor.callback(() => new Refused({ what: "it", message: "not now" }))
      expect(yield* actor.caught(refuse)).toMatchObject({ name: "Refused", message: "not now", tag: "Refused" })
      const thrown = Actor.callback((): number => {
        throw new RangeError("too far")
      })
      expect(yield* actor.caught(thrown)).toMatchObject({ name: "RangeError", message: "too far" })
      const rejected = Actor.callback(() => Promise.reject(new RangeError("too late")))
      expect(yield* actor.caught(rejected)).toMatchObject({ name: "RangeError", message: "too late" })
      const error = yield* Effect.flip(
        actor.map(
          [1],
          Actor.callback(() => Effect.die(new RangeError("died")))
        )
      )
      expect(error).toMatchObject({ _tag: "MethodError", method: "map", message: "died" })
      // nobody waits for these, and the worker lives on
      expect(
        yield* actor.report(
          3,
          Actor.callback(() => Effect.fail("no"))
        )
      ).toBe(3)
      yield* isFree(actor)
    })
  )

  row("what cannot be cloned fails the question alone, with its path, both ways", () =>
    Effect.gen(function* () {
      const actor = yield* makeLive()
      expect(yield* actor.caught(Actor.callback(() => ({ inside: () => 1 })))).toMatchObject({
        name: "TypeError",
        message: expect.stringContaining("answer.inside")
      })
      const error = yield* Effect.flip(actor.passUncloneable(Actor.callback((value) => value)))
      expect(error).toMatchObject({ _tag: "MethodError", message: expect.stringContaining("args[0].late") })
      expect(
        yield* actor.pass(
          { a: [1] },
          Actor.callback((value) => value)
        )
      ).toEqual({ a: [1] })
      // as a caller without types might
      const bare = yield* Effect.flip(actor.keep(((n: number) => n) as never))
      expect(bare).toMatchObject({ _tag: "SerializationError", path: "args[0]" })
      expect(bare.message).toContain("pass Actor.callback(f)")
      // however large it is, and however often its parts hold each other
      const parts: Array<{ readonly all: unknown; readonly last?: unknown }> = []
      for (let n = 0; n < 1000; n++) parts.push({ all: parts })
      parts.push({ all: parts, last: () => 1 })
      const large = yield* Effect.flip(
        actor.pass(
          parts,
          Actor.callback(() => 1)
        )
      )
      expect(large).toMatchObject({ _tag: "SerializationError", path: expect.stringContaining("args[0]") })
      const nested = yield* Effect.flip(
        actor.pass(
          { f: Actor.callback(() => 1) },
          Actor.callback(() => 1)
        )
      )
      expect(nested).toMatchObject({ _tag: "SerializationError", direction: "argument", path: "args[0].f" })
      expect(nested.message).toContain("no argument of its own")
      yield* isFree(actor)
    })
  )

  row("arguments of the function are moved when they are marked", () =>
    Effect.gen(function* () {
      const actor = yield* makeLive()
      expect(yield* actor.moveOut(Actor.callback((bytes) => bytes.byteLength))).toEqual([8, 0])
    })
  )

  row("a function is let go with its call", () =>
    Effect.gen(function* () {
      const actor = yield* makeLive()
      let calls = 0
      expect(yield* actor.keep(Actor.callback((n) => (calls += n)))).toBe(1)
      expect(yield* actor.useKept()).toMatchObject({ name: "AbortError" })
      expect(calls).toBe(0)
      yield* isFree(actor)
    })
  )

  row("an interrupted caller interrupts its function, and the method learns of it", () =>
    Effect.gen(function* () {
      const board = Board.make()
      const actor = yield* makeLive()
      const never = makeNever()
      const calling = yield* fork(actor.waiting(board, never.callback))
      yield* untilTrue("the function has begun", () => never.begun === 1)
      yield* Fiber.interrupt(calling)
      yield* untilTrue("the function is interrupted", () => never.interrupted === 1)
      yield* until(board, "aborted", 1)
      yield* until(board, "left", 1)
      yield* isFree(actor)
    })
  )

  row("a call that times out takes its function along", () =>
    Effect.gen(function* () {
      const board = Board.make()
      const actor = yield* makeLive()
      const never = makeNever()
      const error = yield* Effect.flip(actor.waiting(board, never.callback).pipe(Actor.timeout(50)))
      expect(error._tag).toBe("CallTimeout")
      yield* until(board, "left", Board.read(board, "entered"))
      yield* untilTrue("the function is interrupted", () => never.interrupted === never.begun)
      yield* isFree(actor)
    })
  )

  row("streams, bulk operations and broadcasts pass functions along", () =>
    Effect.gen(function* () {
      const actor = yield* makeLive()
      expect(
        yield* Stream.runCollect(
          actor.items(
            5,
            Actor.callback((n) => n * n)
          )
        )
      ).toEqual([1, 4, 9, 16, 25])
      const bulk = Actor.forEach([1, 2, 3], (n) =>
        actor.optional(
          n,
          Actor.callback((m) => m * 10)
        )
      )
      expect(yield* bulk).toEqual([10, 20, 30])
      expect(
        yield* Actor.broadcast(
          actor.optional(
            1,
            Actor.callback((n) => n + 1)
          )
        )
      ).toEqual([2])
    })
  )

  row("a function that calls its own actor through a full pool is told, not left waiting", () =>
    Effect.gen(function* () {
      const actor = yield* makeLive()
      expect(yield* actor.caught(Actor.callback(() => actor.add(1, 2)))).toMatchObject({ tag: "CallCycle" })
      const roomy = yield* makeLive({ concurrency: 2 })
      expect(yield* roomy.caught(Actor.callback(() => roomy.add(1, 2)))).toBe(3)
      yield* isFree(roomy)
    })
  )

  if (target.profile === "thread") {
    row("a worker that dies takes the functions of its calls along", () =>
      Effect.gen(function* () {
        const actor = yield* makeLive()
        const never = makeNever()
        const board = Board.make()
        const calling = yield* fork(Effect.flip(actor.exitAfter(board, never.callback)))
        yield* untilTrue("the function has begun", () => never.begun === 1)
        Board.add(board, "released")
        const error = yield* Fiber.join(calling)
        expect(error).toMatchObject({ _tag: "WorkerLost", method: "exitAfter" })
        expect([never.begun, never.interrupted]).toEqual([1, 1])
        yield* isFree(actor)
      })
    )
  }
}

const makePlain = () => makeLive({ parent: undefined as never })

export const inputs = (target: Target, row: AddRow): void => {
  if (target.link === "comlink") {
    row("a plain Comlink call carries no stream", () =>
      Effect.gen(function* () {
        const actor = yield* makePlain()
        const error = yield* Effect.flip(actor.first(1, Stream.make(1)))
        expect(error).toMatchObject({ _tag: "SerializationError", direction: "argument", path: "args[1]" })
        expect(yield* actor.add(1, 2)).toBe(3)
      })
    )
    return
  }

  row("a stream that is an argument reaches the method as an async iterable, in order", () =>
    Effect.gen(function* () {
      const actor = yield* makeLive()
      expect(yield* actor.sum(Stream.range(1, 1000))).toBe(500_500)
      expect(yield* actor.collect(Stream.range(1, 1000))).toEqual(upTo(1000))
      expect(yield* actor.collect(Stream.empty)).toEqual([])
      expect(yield* actor.collect(Stream.make({ a: 1 }, [2], "3", undefined, null))).toEqual([
        { a: 1 },
        [2],
        "3",
        undefined,
        null
      ])
      expect(yield* actor.zip(Stream.make(1, 2, 3), Stream.make("a", "b"))).toEqual(["1a", "2b"])
      expect(yield* actor.readAtOnce(Stream.make(1, 2))).toEqual([1, 2, "done", "done"])
      yield* isFree(actor)
    })
  )

  row("a stream goes in while another comes out", () =>
    Effect.gen(function* () {
      const actor = yield* makeLive()
      const doubled = yield* Stream.runCollect(actor.doubled(Stream.range(1, 1000)))
      expect(doubled).toEqual(upTo(1000).map((n) => 2 * n))
      yield* isFree(actor)
    })
  )

  row("the method stops a stream that is faster: no more than the window is ahead", () =>
    Effect.gen(function* () {
      const board = Board.make()
      const actor = yield* makeLive({ concurrency: 2 })
      let produced = 0
      const numbers = Stream.map(Stream.rechunk(Stream.range(1, 1000), 1), (n) => {
        produced++
        return n
      })
      const reading = yield* fork(actor.readSlowly(board, numbers))
      for (let read = 1; read <= 100; read++) {
        yield* until(board, "entered", read)
        // calls that are served in between show that there was time for more
        yield* actor.add(1, 2)
        expect(produced).toBeLessThanOrEqual(read + 2 * streamWindow)
        Board.add(board, "released")
      }
      Board.add(board, "released", 1000)
      expect(yield* Fiber.join(reading)).toBe(1000)
      expect(produced).toBe(1000)
      yield* isFree(actor)
    })
  )

  row("a stream that is not read is not run", () =>
    Effect.gen(function* () {
      const actor = yield* makeLive()
      let runs = 0
      const numbers = Stream.fromEffect(Effect.sync(() => ++runs))
      expect(yield* actor.unread(numbers)).toBe("object")
      expect(runs).toBe(0)
      expect(yield* actor.sum(numbers)).toBe(1)
      expect(yield* actor.sum(numbers)).toBe(2)
      yield* isFree(actor)
    })
  )

  row("a method that reads no more ends the stream, and its finalizers run", () =>
    Effect.gen(function* () {
      const actor = yield* makeLive()
      const closing = makeClosing()
      const numbers = closing.of(Stream.range(1, 1_000_000))
      expect(yield* actor.first(3, numbers)).toEqual([1, 2, 3])
      yield* untilTrue("the stream is closed", () => closing.count === 1)
      // one that waits for an item that never comes is closed as well
      const stuck = closing.of(Stream.concat(Stream.make(1), Stream.never))
      expect(yield* actor.first(1, stuck)).toEqual([1])
      yield* untilTrue("the stream is closed", () => closing.count === 2)
      yield* isFree(actor)
    })
  )

  row("a stream ends when its method has left the loop, not only when the call ends", () =>
    Effect.gen(function* () {
      const board = Board.make()
      const actor = yield* makeLive()
      const closing = makeClosing()
      const numbers = closing.of(Stream.concat(Stream.make(1), Stream.never))
      const calling = yield* fork(actor.firstAndOn(board, numbers))
      yield* until(board, "entered", 1)
      yield* untilTrue("the stream is closed", () => closing.count === 1)
      expect(Board.read(board, "left")).toBe(0)
      Board.add(board, "released")
      yield* Fiber.join(calling)
      yield* isFree(actor)
    })
  )

  row("a failure of the stream is thrown in the method, after the items before it", () =>
    Effect.gen(function* () {
      const actor = yield* makeLive()
      const failing = Stream.concat(Stream.make(1, 2), Stream.fail(new Refused({ what: "it", message: "ran dry" })))
      expect(yield* actor.caughtReading(failing)).toMatchObject({
        read: 2,
        error: { tag: "Refused", message: "ran dry" }
      })
      const error = yield* Effect.flip(actor.sum(Stream.concat(Stream.make(1), Stream.fail(new Error("ran dry")))))
      expect(error).toMatchObject({ _tag: "MethodError", message: "ran dry" })
      expect(yield* actor.caughtReading(Stream.die(new RangeError("died")))).toMatchObject({
        read: 0,
        error: { name: "RangeError" }
      })
      const interrupting = Stream.fromEffect(Effect.interrupt)
      expect((yield* actor.caughtReading(interrupting)).error).toBeDefined()
      yield* isFree(actor)
    })
  )

  row("an item that cannot be cloned fails the stream with its path", () =>
    Effect.gen(function* () {
      const actor = yield* makeLive()
      const items = Stream.make(1, 2, { inside: () => 1 })
      const { error } = yield* actor.caughtReading(items)
      expect(error).toMatchObject({ name: "TypeError", message: expect.stringContaining("args[0]") })
      expect(error?.message).toContain(".inside")
      yield* isFree(actor)
    })
  )

  row("an interrupted caller interrupts the stream, and the method learns of it", () =>
    Effect.gen(function* () {
      const board = Board.make()
      const actor = yield* makeLive()
      const closing = makeClosing()
      const numbers = closing.of(Stream.concat(Stream.make(1), Stream.never))
      const reading = yield* fork(actor.readSlowly(board, numbers))
      yield* until(board, "entered", 1)
      Board.add(board, "released")
      yield* Fiber.interrupt(reading)
      yield* untilTrue("the stream is closed", () => closing.count === 1)
      yield* until(board, "left", 1)
      yield* isFree(actor)
    })
  )

  row("a stream that waits for its own actor's full pool is told", () =>
    Effect.gen(function* () {
      const actor = yield* makeLive()
      const { error } = yield* actor.caughtReading(actor.doubled(Stream.range(1, 3)))
      expect(error).toMatchObject({ tag: "CallCycle" })
      const roomy = yield* makeLive({ concurrency: 2 })
      expect(yield* roomy.sum(roomy.doubled(Stream.range(1, 100)))).toBe(10_100)
      yield* isFree(roomy)
    })
  )

  if (target.profile === "thread") {
    row("a worker that dies closes the streams that it read", () =>
      Effect.gen(function* () {
        const actor = yield* makeLive()
        const closing = makeClosing()
        const numbers = closing.of(Stream.concat(Stream.range(1, 3), Stream.never))
        const error = yield* Effect.flip(actor.exitReading(numbers))
        expect(error).toMatchObject({ _tag: "WorkerLost", method: "exitReading" })
        yield* untilTrue("the stream is closed", () => closing.count === 1)
        yield* isFree(actor)
      })
    )
  }
}

export const parents = (target: Target, row: AddRow): void => {
  if (target.link === "comlink") {
    row("a plain Comlink link has no way for a parent", () =>
      Effect.gen(function* () {
        expect(yield* Effect.flip(makeLive())).toMatchObject({ _tag: "Unsupported", feature: "a parent" })
      })
    )
    return
  }

  row("an adapter calls the functions of its parent, from the set-up on, within calls and outside", () =>
    Effect.gen(function* () {
      const lines: Array<string> = []
      const actor = yield* makeLive({
        options: { note: "worker" },
        parent: { ...parent, note: (line) => Effect.sync(() => void lines.push(line)) }
      })
      expect(lines).toEqual(["worker 0"])
      expect(yield* actor.parents()).toEqual(["note", "twice", "fail", "wait"])
      yield* actor.note("called")
      expect(lines).toEqual(["worker 0", "called"])
      expect(yield* actor.twice(21)).toBe(42)
      yield* actor.noteLater("later")
      yield* untilTrue("the line has come", () => lines.length === 3)
      expect(lines[2]).toBe("later")
      yield* isFree(actor)
    })
  )

  row("a failure of the parent rejects in the worker", () =>
    Effect.gen(function* () {
      const actor = yield* makeLive({
        parent: { ...parent, fail: () => Effect.fail(new Refused({ what: "it", message: "not yours" })) }
      })
      expect(yield* actor.failing()).toMatchObject({ tag: "Refused", message: "not yours" })
      yield* isFree(actor)
    })
  )

  row("functions of the parent run with the services that were there when the actor was built", () =>
    Effect.gen(function* () {
      const program = Effect.gen(function* () {
        const context = yield* Effect.context<Factor>()
        const twice = (n: number): Effect.Effect<number> =>
          Effect.map(Factor, (factor) => factor * n).pipe(Effect.provide(context))
        return yield* makeLive({ parent: { ...parent, twice } })
      })
      const actor = yield* Effect.provideService(program, Factor, 5)
      expect(yield* actor.twice(2)).toBe(10)
    })
  )

  row("a parent that calls its own actor through a full pool is told", () =>
    Effect.gen(function* () {
      let self: Live | undefined
      const actor: Live = yield* makeLive({
        parent: { ...parent, twice: (n) => (self === undefined ? n : self.add(n, n)) }
      })
      self = actor
      const error = yield* Effect.flip(actor.twice(1))
      expect(error).toMatchObject({ _tag: "MethodError", cause: { _tag: "CallCycle" } })
      yield* isFree(actor)
    })
  )

  row("what the parent still does when the actor is closed is interrupted", () =>
    Effect.gen(function* () {
      const board = Board.make()
      const never = makeNever()
      const exit = yield* Effect.scoped(
        Effect.gen(function* () {
          const actor = yield* makeLive({ parent: { ...parent, wait: () => never.run }, shutdownTimeout: 50 })
          const hanging = yield* fork(actor.hang(board))
          yield* until(board, "entered", 1)
          return hanging
        })
      ).pipe(Effect.flatMap(Fiber.await))
      expect(Exit.isFailure(exit)).toBe(true)
      yield* untilTrue("the function is interrupted", () => never.interrupted === 1)
    })
  )

  row("no more than a window of calls of the parent are on their way, and each is answered once", () =>
    Effect.gen(function* () {
      let running = 0
      let most = 0
      const twice = (n: number): Effect.Effect<number> =>
        Effect.gen(function* () {
          most = Math.max(most, ++running)
          yield* Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 0)))
          running--
          return 2 * n
        })
      const actor = yield* makeLive({ parent: { ...parent, twice } })
      const numbers = upTo(5 * askWindow)
      expect(yield* actor.twiceAll(numbers)).toEqual(numbers.map((n) => 2 * n))
      expect(most).toBeGreaterThan(1)
      expect(most).toBeLessThanOrEqual(askWindow)
      yield* isFree(actor)
    })
  )

  if (target.profile === "thread") {
    row("a worker that dies takes along what its parent does for it", () =>
      Effect.gen(function* () {
        const board = Board.make()
        const never = makeNever()
        const actor = yield* makeLive({ parent: { ...parent, wait: () => never.run } })
        const calling = yield* fork(Effect.flip(actor.exitAsking(board)))
        yield* untilTrue("the function has begun", () => never.begun === 1)
        Board.add(board, "released")
        expect(yield* Fiber.join(calling)).toMatchObject({ _tag: "WorkerLost", method: "exitAsking" })
        expect(never.interrupted).toBe(1)
        yield* isFree(actor)
      })
    )
  }

  row("a function that is none is refused when the actor is built", () =>
    Effect.gen(function* () {
      // as a caller without types might
      const wrong = { ...parent, note: "note" as never }
      expect(yield* Effect.flip(makeLive({ parent: wrong }))).toMatchObject({
        _tag: "InvalidOption",
        option: "parent.note",
        received: "note"
      })
    })
  )
}
