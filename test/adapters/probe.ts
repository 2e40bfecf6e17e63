/**
 * The methods that the conformance suite calls: one per thing that can happen.
 */
import process from "node:process"
import * as Adapter from "../../src/worker/Adapter.ts"
import * as Board from "./board.ts"
import { thrown, type ThrownKind } from "./thrown.ts"

export interface Options {
  readonly greeting?: string
  readonly board?: Board.Board
}

/** Where an inline adapter finds what the test wants it to call. */
export const againKey: unique symbol = Symbol.for("troupe/test/again")

const enter = (board: Board.Board): number => {
  const running = Board.add(board, "running")
  // nobody else writes the peak while one worker runs, and several workers are not measured with it
  if (running > Board.read(board, "peak")) Atomics.store(board, Board.cell.peak, running)
  return Board.add(board, "entered")
}

const leave = (board: Board.Board): void => {
  Board.add(board, "running", -1)
  Board.add(board, "left")
}

/** Runs until the test has released as many calls as had entered with this one. */
const hold = async (board: Board.Board): Promise<number> => {
  const ticket = enter(board)
  await Board.until(board, "released", ticket)
  leave(board)
  return ticket
}

const messageOf = (run: () => unknown): string => {
  try {
    run()
    return "nothing was thrown"
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

export const setup = (context: Adapter.SetupContext, options?: Options) => {
  const outside = messageOf(() => Adapter.call())
  const { board } = options ?? {}
  if (board !== undefined) Board.add(board, "setUps")
  let visits = 0
  const local = context.threadLocal(() => {
    if (board !== undefined) Board.add(board, "localsMade")
    return {
      made: context.worker.index,
      [Symbol.dispose]: () => {
        if (board !== undefined) Board.add(board, "localsDisposed")
      }
    }
  })
  return {
    /** Not a method: what the disposal finds again. */
    board,
    add: (a: number, b: number) => a + b,
    echo: (value: unknown): unknown => value,
    second: (_first: unknown, second: unknown): unknown => second,
    greet: (name: string) => `${options?.greeting ?? "Hello"}, ${name}!`,
    greetLater: async (name: string) => `${options?.greeting ?? "Hello"}, ${name}!`,
    worker: () => context.worker,
    visit: () => ++visits,
    local: () => local().made,
    touch: (board: Board.Board) => Board.add(board, "touched"),
    hold,
    hurried: Adapter.method(hold, { timeout: "1 milli", description: "Has a timeout of its own", idempotent: true }),
    /** Notes what becomes of its call, and ends when it is released. */
    watched: async (board: Board.Board) => {
      const call = Adapter.call()
      call.signal.addEventListener("abort", () => {
        Board.add(board, "aborted")
      })
      await hold(board)
      if (call.cancelled()) Board.add(board, "cancelled")
    },
    /** Lets nothing in until it is cancelled. */
    spin: (board: Board.Board) => {
      const call = Adapter.call()
      const giveUp = performance.now() + 20_000
      enter(board)
      while (!call.cancelled()) if (performance.now() > giveUp) throw new Error("was never cancelled")
      Board.add(board, "cancelled")
      leave(board)
    },
    /** Keeps its turn for a moment, and then waits for another one. */
    overlap: async (board: Board.Board) => {
      enter(board)
      for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setTimeout(resolve, 0))
      leave(board)
    },
    call: () => {
      const { deadline, id } = Adapter.call()
      return { id, left: deadline === undefined ? undefined : deadline - performance.now() }
    },
    outside: () => outside,
    callAfterAwait: async () => {
      const { id } = Adapter.call()
      await Promise.resolve()
      return [id, Adapter.call().id]
    },
    numbers: function* (to: number) {
      for (let n = 1; n <= to; n++) yield n
    },
    laterNumbers: async function* (to: number) {
      for (let n = 1; n <= to; n++) {
        await Promise.resolve()
        yield n
      }
    },
    given: Adapter.stream((to: number) => Array.from({ length: to }, (_, index) => index + 1)),
    produce: function* (board: Board.Board, to: number) {
      Board.add(board, "entered")
      try {
        for (let n = 1; n <= to; n++) {
          Board.add(board, "produced")
          yield n
        }
      } finally {
        Board.add(board, "finalised")
      }
    },
    produceLater: async function* (board: Board.Board, to: number) {
      Board.add(board, "entered")
      try {
        for (let n = 1; n <= to; n++) {
          await Promise.resolve()
          Board.add(board, "produced")
          yield n
        }
      } finally {
        await Promise.resolve()
        Board.add(board, "finalised")
      }
    },
    /** Its second item comes only when the test releases it, unless it is cancelled first. */
    stuckStream: async function* (board: Board.Board) {
      const { signal } = Adapter.call()
      Board.add(board, "entered")
      try {
        yield 1
        await new Promise<void>((resolve, reject) => {
          signal.addEventListener("abort", () => {
            Board.add(board, "aborted")
            resolve()
          })
          Board.until(board, "released", 1).then(resolve, reject)
        })
        yield 2
      } finally {
        Board.add(board, "finalised")
      }
    },
    breakAfter: function* (to: number) {
      for (let n = 1; n <= to; n++) yield n
      throw new RangeError("broke")
    },
    uncloneableLast: function* (to: number) {
      for (let n = 1; n <= to; n++) yield n
      yield () => 1
    },
    /** Without an end of its own. */
    uncloneableAfter: function* (board: Board.Board, to: number) {
      try {
        for (let n = 1; ; n++) yield n === to + 1 ? () => n : n
      } finally {
        Board.add(board, "finalised")
      }
    },
    uncloneableAfterAwaiting: async function* (board: Board.Board, to: number) {
      try {
        for (let n = 1; ; n++) yield await (n === to + 1 ? () => n : n)
      } finally {
        Board.add(board, "finalised")
      }
    },
    throws: (kind: ThrownKind): number => {
      throw thrown(kind)
    },
    rejects: async (kind: ThrownKind): Promise<number> => {
      throw thrown(kind)
    },
    failOn: async (board: Board.Board, n: number, bad: number) => {
      Board.add(board, "touched")
      if (n === bad) throw new Error(`failed on ${n}`)
      return n
    },
    returnsFunction: () => () => 1,
    returnsInside: () => ({ list: [1, 2, { late: () => 1 }] }),
    returnsIterator: (): unknown => [1, 2][Symbol.iterator](),
    size: (bytes: ArrayBuffer | Uint8Array) => bytes.byteLength,
    sizeOfAll: (all: ReadonlyArray<{ readonly bytes: ArrayBuffer }>) => all.map(({ bytes }) => bytes.byteLength),
    /** A result that is handed over; the next call sees what has become of it. */
    moved: (() => {
      let last: ArrayBuffer | undefined
      return (length: number) => {
        if (length < 0) return last?.byteLength ?? -1
        const bytes = new Uint8Array(length).fill(7)
        last = bytes.buffer
        return Adapter.move(bytes)
      }
    })(),
    hello: (port: MessagePort) => {
      port.postMessage("hello")
      port.close()
    },
    /** Tells the test its own id, and ends when the test answers. */
    ask: async (port: MessagePort) => {
      const { id } = Adapter.call()
      const answer = new Promise<unknown>((resolve) => {
        port.onmessage = (event) => resolve(event.data)
      })
      port.postMessage(id)
      const value = await answer
      port.close()
      return value
    },
    /** Runs what the test has put into this thread. */
    again: async () =>
      // put there by the test under this very symbol
      (globalThis as unknown as { readonly [againKey]: () => Promise<unknown> })[againKey](),
    print: (level: "debug" | "log" | "info" | "warn" | "error", text: string) => {
      console[level](text)
    },
    env: (name: string) => process.env[name],
    /** Ends its worker; where it is no thread, the program. */
    exit: (code: number): never => process.exit(code),
    /** The same by an error that nobody catches. */
    crash: (kind: ThrownKind) =>
      new Promise<never>(() => {
        setTimeout(() => {
          throw thrown(kind)
        }, 0)
      })
  }
}

export const dispose = ({ board }: { readonly board: Board.Board | undefined }): void => {
  if (board !== undefined) Board.add(board, "disposals")
}
