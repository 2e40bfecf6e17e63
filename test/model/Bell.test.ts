/**
 * The bell, through every interleaving of who posts and who listens.
 *
 * `src/memory/Bell.ts` is run as it is; how both sides use it is stated by {@link Uses}. The mutants at the end each
 * break one line, and each must be found asleep beside a message.
 */
import { describe, expect, it } from "vitest"
import type { Atomic } from "../../src/memory/Atomic.ts"
import * as Bell from "../../src/memory/Bell.ts"
import * as Claims from "../../src/memory/Claims.ts"
import { describeViolation, explore, type Model, verify } from "./interleave.ts"

interface Uses {
  /** Main: `post` makes a message visible to the worker. */
  readonly send: (memory: Atomic, post: () => void) => void
  /** Worker: `take` takes a message, if there is one. */
  readonly receive: (memory: Atomic, take: () => boolean, millis: number) => boolean
}

const uses: Uses = {
  send: (memory, post) => {
    post()
    Bell.ring(memory)
  },
  receive: (memory, take, millis) => {
    const mark = Bell.mark(memory)
    return take() || (Bell.listen(memory, mark, millis) && take())
  }
}

/** The bell's words alone: the claims before it would be thousands of words that nobody touches. */
const behindClaims = (memory: Atomic): Atomic => ({
  load: (index) => memory.load(index - Claims.cells),
  store: (index, value) => memory.store(index - Claims.cells, value),
  compareExchange: (index, from, to) => memory.compareExchange(index - Claims.cells, from, to),
  wait: (index, expected, millis) => memory.wait(index - Claims.cells, expected, millis),
  notify: (index) => memory.notify(index - Claims.cells)
})

type Fact = "posted" | "taken" | "gave up"

/** Main sends so many messages; the worker receives until it has them all. */
const model = ({ receive, send }: Uses, messages: number, millis = Infinity): Model<"m", Fact> => ({
  memory: { m: [0, 0] },
  agents: {
    main: {
      run: ({ m }, log) => {
        for (let sent = 0; sent < messages; sent++) send(behindClaims(m), () => log.record("posted"))
      }
    },
    worker: {
      run: ({ m }, log) => {
        for (let taken = 0; taken < messages;) {
          const take = (): boolean => {
            const posted = log.until("a look", ({ history }) => history.filter((fact) => fact === "posted").length)
            if (posted === taken) return false
            taken++
            log.record("taken")
            return true
          }
          // a thread that has slept long enough goes back to its event loop, where messages wake it by other means
          if (!receive(behindClaims(m), take, millis) && millis < Infinity) return log.record("gave up")
        }
      }
    }
  },
  finally: {
    "what was posted is taken, or waits in the event loop": ({ history }) =>
      history.includes("gave up") || history.filter((fact) => fact === "taken").length === messages
  },
  reaches: {
    "a message taken before the next is posted": ({ history }) => history[1] === "taken",
    "messages that wait": ({ history }) => history[1] === "posted"
  }
})

describe("a bell", () => {
  it.each([2, 3])("never lets who listens sleep beside one of %i messages", (messages) => {
    const report = verify(model(uses, messages))
    expect(report.schedules).toBeGreaterThan(100)
  })

  it("lets who listens give up at any time", () => {
    const gaveUp: Model<"m", Fact> = model(uses, 2, 5)
    verify({ ...gaveUp, reaches: { "giving up": ({ history }) => history.includes("gave up") } })
  })

  it("wakes by a word that comes round", () => {
    const words = new Int32Array([2 ** 31 - 1, 0])
    const memory = behindClaims({
      load: (index) => words[index] as number, // one of the two
      store: (index, value) => void words.fill(value, index, index + 1),
      compareExchange: () => 0,
      wait: () => "ok",
      notify: () => undefined
    })
    Bell.ring(memory)
    expect(Bell.mark(memory)).toBe(-(2 ** 31))
  })

  const mutants: Record<string, Partial<Uses>> = {
    "rung before the message is there": {
      send: (memory, post) => {
        Bell.ring(memory)
        post()
      }
    },
    "not rung": { send: (_, post) => post() },
    "rung without moving on": {
      send: (memory, post) => {
        post()
        memory.notify(Claims.cells)
      }
    },
    "moved on without a sound": {
      send: (memory, post) => {
        post()
        memory.store(Claims.cells, memory.load(Claims.cells) + 1)
      }
    },
    "rung before it moves on": {
      send: (memory, post) => {
        post()
        const heard = memory.load(Claims.cells + 1) === 1
        memory.store(Claims.cells, memory.load(Claims.cells) + 1)
        if (heard) memory.notify(Claims.cells)
      }
    },
    "slept through unannounced": {
      receive: (memory, take) => {
        const mark = Bell.mark(memory)
        return take() || (memory.wait(Claims.cells, mark, Infinity) !== "timed-out" && take())
      }
    },
    "marked after the look": {
      receive: (memory, take, millis) => take() || (Bell.listen(memory, Bell.mark(memory), millis) && take())
    }
  }

  it.each(Object.entries(mutants))("%s is noticed", (_, mutant) => {
    const report = explore(model({ ...uses, ...mutant }, 2))
    expect(describeViolation(report)).toMatch(/worker waits for ever, wait m\[0\]/)
  })
})
