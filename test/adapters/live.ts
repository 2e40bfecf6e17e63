/**
 * Methods that call functions of the main side and read its streams.
 */
import process from "node:process"
import * as Adapter from "../../src/worker/Adapter.ts"
import * as Board from "./board.ts"

/** What this adapter calls on the main side. */
export interface Parent {
  readonly note: (line: string) => Promise<void>
  readonly twice: (n: number) => Promise<number>
  readonly fail: () => Promise<never>
  readonly wait: () => Promise<void>
}

type Ask = (n: number) => Promise<number>

const toldOf = (error: unknown): { readonly name: string; readonly message: string; readonly tag: unknown } => {
  // whatever was thrown is looked at
  const { _tag, message, name } = error as { readonly name: string; readonly message: string; readonly _tag?: unknown }
  return { name, message, tag: _tag }
}

export const live = Adapter.define({
  threadSafe: true,
  setup: async (context: Adapter.SetupContext<Parent>, options?: { readonly note: string }) => {
    const { parent } = context
    const found = Object.keys(parent)
    if (options !== undefined) await parent.note(`${options.note} ${context.worker.index}`)
    let kept: ReadonlyArray<Ask> = []
    return {
      add: (a: number, b: number) => a + b,
      /** Calls without waiting for any answer. */
      report: (to: number, onStep: (n: number) => void) => {
        for (let n = 1; n <= to; n++) onStep(n)
        return to
      },
      map: async (numbers: ReadonlyArray<number>, f: Ask) => {
        const mapped: Array<number> = []
        for (const n of numbers) mapped.push(await f(n))
        return mapped
      },
      mapAtOnce: (numbers: ReadonlyArray<number>, f: Ask) => Promise.all(numbers.map(f)),
      both: async (first: Ask, n: number, second: Ask) => [await first(n), await second(n)],
      pass: async (value: unknown, f: (value: unknown) => Promise<unknown>) => f(value),
      passUncloneable: async (f: (value: unknown) => Promise<unknown>) => f({ late: () => 1 }),
      moveOut: async (f: (bytes: Uint8Array) => Promise<number>) => {
        const bytes = new Uint8Array(8)
        const length = await f(Adapter.move(bytes))
        return [length, bytes.byteLength]
      },
      caught: async (f: () => Promise<unknown>) => {
        try {
          return await f()
        } catch (error) {
          return toldOf(error)
        }
      },
      optional: async (n: number, f?: Ask) => (f === undefined ? n : f(n)),
      /** Notes that its question has failed because nobody waits any more. */
      waiting: async (board: Board.Board, f: () => Promise<unknown>) => {
        Board.add(board, "entered")
        try {
          return await f()
        } catch (error) {
          if (toldOf(error).name === "AbortError") Board.add(board, "aborted")
          throw error
        } finally {
          Board.add(board, "left")
        }
      },
      keep: (f: Ask) => {
        kept = [f]
        return kept.length
      },
      useKept: async () => {
        try {
          return await kept[0]?.(1)
        } catch (error) {
          return toldOf(error)
        }
      },
      items: async function* (to: number, f: Ask) {
        for (let n = 1; n <= to; n++) yield await f(n)
      },
      exitAfter: async (board: Board.Board, f: () => Promise<unknown>) => {
        void f()
        await Board.until(board, "released", 1)
        process.exit(3)
      },

      sum: async (numbers: AsyncIterable<number>) => {
        let sum = 0
        for await (const n of numbers) sum += n
        return sum
      },
      collect: async (items: AsyncIterable<unknown>) => {
        const all: Array<unknown> = []
        for await (const item of items) all.push(item)
        return all
      },
      first: async (count: number, numbers: AsyncIterable<number>) => {
        const first: Array<number> = []
        for await (const n of numbers) {
          first.push(n)
          if (first.length === count) break
        }
        return first
      },
      /** Reads one item, and goes on without the others. */
      firstAndOn: async (board: Board.Board, numbers: AsyncIterable<number>) => {
        for await (const n of numbers) if (n === 1) break
        Board.add(board, "entered")
        await Board.until(board, "released", 1)
        Board.add(board, "left")
      },
      unread: (numbers: AsyncIterable<number>) => typeof numbers,
      /** Reads one item per release. */
      readSlowly: async (board: Board.Board, numbers: AsyncIterable<number>) => {
        let read = 0
        try {
          for await (const _ of numbers) {
            Board.add(board, "entered")
            read++
            await Board.until(board, "released", read)
          }
        } catch (error) {
          if (toldOf(error).name === "AbortError") Board.add(board, "aborted")
          throw error
        } finally {
          Board.add(board, "left")
        }
        return read
      },
      readAtOnce: async (numbers: AsyncIterable<number>) => {
        const iterator = numbers[Symbol.asyncIterator]()
        const results = await Promise.all([iterator.next(), iterator.next(), iterator.next(), iterator.next()])
        return results.map(({ done, value }) => (done === true ? "done" : value))
      },
      caughtReading: async (items: AsyncIterable<unknown>) => {
        let read = 0
        try {
          for await (const _ of items) read++
          return { read, error: undefined }
        } catch (error) {
          return { read, error: toldOf(error) }
        }
      },
      zip: async (left: AsyncIterable<number>, right: AsyncIterable<string>) => {
        const zipped: Array<string> = []
        const strings = right[Symbol.asyncIterator]()
        for await (const n of left) {
          const { done, value } = await strings.next()
          if (done === true) break
          zipped.push(`${n}${value}`)
        }
        return zipped
      },
      doubled: async function* (numbers: AsyncIterable<number>) {
        for await (const n of numbers) yield 2 * n
      },
      exitReading: async (numbers: AsyncIterable<number>) => {
        for await (const n of numbers) if (n === 3) process.exit(3)
      },

      parents: () => found,
      note: (line: string) => parent.note(line),
      twice: (n: number) => parent.twice(n),
      twiceAll: (numbers: ReadonlyArray<number>) => Promise.all(numbers.map((n) => parent.twice(n))),
      exitAsking: async (board: Board.Board) => {
        void parent.wait()
        await Board.until(board, "released", 1)
        process.exit(3)
      },
      failing: async () => {
        try {
          await parent.fail()
        } catch (error) {
          return toldOf(error)
        }
      },
      hang: (board: Board.Board) => {
        Board.add(board, "entered")
        return parent.wait()
      },
      /** Notes a line when the call has long ended. */
      noteLater: (line: string) => {
        setTimeout(() => void parent.note(line), 5)
      }
    }
  }
})
