import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import { expect } from "vitest"
import { Actor } from "../../../src/index.ts"
import { streamWindow } from "../../../src/wire/Frame.ts"
import * as Board from "../../adapters/board.ts"
import { type AddRow, fork, makeProbe, type Target, until, untilStats } from "../setup.ts"

const upTo = (to: number): Array<number> => Array.from({ length: to }, (_, index) => index + 1)

export const streams = (target: Target, row: AddRow): void => {
  if (target.link === "comlink") {
    row("a plain Comlink call has one answer, so a stream is refused", () =>
      Effect.gen(function* () {
        const board = Board.make()
        const probe = yield* makeProbe()
        const error = yield* Effect.flip(Stream.runCollect(probe.produce(board, 3)))
        expect(error).toMatchObject({ _tag: "SerializationError", direction: "result", method: "produce" })
        expect(error.message).toContain("a stream over a plain Comlink link")
        expect(yield* probe.add(1, 2)).toBe(3)
        expect(Board.read(board, "produced")).toBe(0)
      })
    )
    return
  }

  row("generators, asynchronous generators and Adapter.stream are streams, in order", () =>
    Effect.gen(function* () {
      const probe = yield* makeProbe()
      expect(yield* Stream.runCollect(probe.numbers(200))).toEqual(upTo(200))
      expect(yield* Stream.runCollect(probe.laterNumbers(200))).toEqual(upTo(200))
      expect(yield* Stream.runCollect(probe.given(200))).toEqual(upTo(200))
      expect(yield* Stream.runCollect(probe.numbers(0))).toEqual([])
    })
  )

  row("10 000 items arrive in order", () =>
    Effect.gen(function* () {
      const probe = yield* makeProbe()
      expect(yield* Stream.runCollect(probe.numbers(10_000))).toEqual(upTo(10_000))
      expect(yield* Stream.runCollect(probe.laterNumbers(10_000))).toEqual(upTo(10_000))
    })
  )

  for (const method of ["produce", "produceLater"] as const) {
    row(`a slow consumer stops its producer: no more than the window is ahead (${method})`, () =>
      Effect.gen(function* () {
        const board = Board.make()
        const probe = yield* makeProbe()
        const ahead: Array<number> = []
        let consumed = 0
        yield* Stream.runForEach(Stream.rechunk(probe[method](board, 1000), 1), () =>
          Effect.promise(async () => {
            consumed++
            // every item that has been acknowledged lets the producer make one more, and chunks are acknowledged whole
            await new Promise((resolve) => setTimeout(resolve, 0))
            ahead.push(Board.read(board, "produced") - consumed)
          })
        )
        expect(consumed).toBe(1000)
        expect(Math.max(...ahead)).toBeLessThanOrEqual(2 * streamWindow)
      })
    )

    row(`a stream that is not read makes no more than its window (${method})`, () =>
      Effect.gen(function* () {
        const board = Board.make()
        const other = Board.make()
        const probe = yield* makeProbe({ concurrency: 2 })
        const pausing = yield* fork(
          Stream.runForEach(Stream.rechunk(probe[method](board, 1000), 1), () =>
            Effect.promise(() => Board.until(other, "released", 1))
          )
        )
        yield* until(board, "produced", streamWindow)
        // calls that the same worker has served in between show that it had the time to make more
        for (let call = 0; call < 20; call++) yield* probe.add(1, call)
        expect(Board.read(board, "produced")).toBeLessThanOrEqual(2 * streamWindow)
        Board.add(other, "released")
        yield* Fiber.join(pausing)
        expect(Board.read(board, "produced")).toBe(1000)
      })
    )

    row(`taking the first items runs the producer's finally and frees its slot (${method})`, () =>
      Effect.gen(function* () {
        const board = Board.make()
        const probe = yield* makeProbe()
        expect(yield* Stream.runCollect(Stream.take(probe[method](board, 1_000_000), 3))).toEqual([1, 2, 3])
        yield* until(board, "finalised", 1)
        expect(Board.read(board, "produced")).toBeLessThan(1_000_000)
        expect(yield* probe.add(1, 2)).toBe(3)
        yield* untilStats(probe, ({ workers }) => workers[0]?.outstanding === 0)
        expect(yield* Actor.stats(probe)).toMatchObject({ submitted: 2, succeeded: 1, interrupted: 1 })
      })
    )
  }

  row("a failure in the middle surfaces after the items before it", () =>
    Effect.gen(function* () {
      const probe = yield* makeProbe()
      const items: Array<number> = []
      const error = yield* Effect.flip(
        Stream.runForEach(probe.breakAfter(100), (item) => Effect.sync(() => items.push(item)))
      )
      expect(items).toEqual(upTo(100))
      expect(error).toMatchObject({ _tag: "MethodError", method: "breakAfter", message: "broke" })
      expect(error._tag === "MethodError" ? error.cause : undefined).toMatchObject({ name: "RangeError" })
    })
  )

  row("an interrupted consumer cancels the producer, which ends before its slot is free", () =>
    Effect.gen(function* () {
      const board = Board.make()
      const probe = yield* makeProbe()
      const items: Array<number> = []
      const consuming = yield* fork(
        Stream.runForEach(probe.stuckStream(board), (item) => Effect.sync(() => items.push(item)))
      )
      yield* until(board, "entered", 1)
      yield* Effect.promise(async () => {
        while (items.length === 0) await new Promise((resolve) => setTimeout(resolve, 1))
      })
      yield* Fiber.interrupt(consuming)
      expect(yield* probe.add(1, 2)).toBe(3)
      expect([Board.read(board, "aborted"), Board.read(board, "finalised")]).toEqual([1, 1])
      expect(items).toEqual([1])
    })
  )

  row("each run of a stream is a call of its own", () =>
    Effect.gen(function* () {
      const board = Board.make()
      const probe = yield* makeProbe({ concurrency: 2 })
      const stream = probe.produce(board, 10)
      const both = yield* Effect.all([Stream.runCollect(stream), Stream.runCollect(stream)], { concurrency: 2 })
      expect(both).toEqual([upTo(10), upTo(10)])
      expect(Board.read(board, "entered")).toBe(2)
    })
  )

  for (const method of ["uncloneableAfter", "uncloneableAfterAwaiting"] as const) {
    row(
      `an item that cannot be cloned fails its stream after the items before it, and ends its producer (${method})`,
      () =>
        Effect.gen(function* () {
          const board = Board.make()
          const probe = yield* makeProbe()
          const items: Array<unknown> = []
          const error = yield* Effect.flip(
            Stream.runForEach(probe[method](board, 3), (item) => Effect.sync(() => items.push(item)))
          )
          expect(error).toMatchObject({ _tag: "SerializationError", direction: "result", path: "result" })
          expect(items).toEqual([1, 2, 3])
          expect(Board.read(board, "finalised")).toBe(1)
          // the only slot of the only worker is free
          expect(yield* probe.add(1, 2)).toBe(3)
          expect((yield* Actor.stats(probe)).refused).toBe(0)
        })
    )
  }

  row("an item that cannot be cloned fails a stream that has ended by then", () =>
    Effect.gen(function* () {
      const probe = yield* makeProbe()
      const items: Array<unknown> = []
      const error = yield* Effect.flip(
        Stream.runForEach(probe.uncloneableLast(3), (item) => Effect.sync(() => items.push(item)))
      )
      expect(error).toMatchObject({ _tag: "SerializationError", direction: "result" })
      expect(items).toEqual([1, 2, 3])
      expect(yield* probe.add(1, 2)).toBe(3)
      expect((yield* Actor.stats(probe)).refused).toBe(0)
    })
  )

  row("a method that returns an iterator by accident is told how to make it a stream", () =>
    Effect.gen(function* () {
      const probe = yield* makeProbe()
      const error = yield* Effect.flip(probe.returnsIterator())
      expect(error).toMatchObject({ _tag: "MethodError" })
      expect(error.message).toContain("Adapter.stream")
    })
  )
}
