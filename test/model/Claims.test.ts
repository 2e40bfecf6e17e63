/**
 * The claims of messages, through every interleaving of main, hosts, callers and a runtime that reports exits.
 *
 * `src/memory/Claims.ts` is run as it is. How the two sides use it is stated by {@link uses}: claim, then run; revoke,
 * then send. The mutants at the end each break one line of either, and each must be found.
 */
import { describe, expect, it } from "vitest"
import { over, type Atomic } from "../../src/memory/Atomic.ts"
import * as Claims from "../../src/memory/Claims.ts"
import { describeViolation, explore, verify, type Log, type Model, type Properties, type World } from "./interleave.ts"

type Words = Pick<typeof Claims, "open" | "start" | "revoke" | "cancel" | "isCancelled">

interface Uses {
  /** Main: sends a frame of messages. */
  readonly dispatch: (claims: Atomic, ids: ReadonlyArray<number>, post: () => void) => void
  /** Host: one message of a frame. */
  readonly serve: (claims: Atomic, id: number, run: () => void) => void
  /** Main: gives a message to another worker, if it still can. */
  readonly move: (claims: Atomic, id: number, send: () => void) => boolean
  /** Main: a message without settlement of a worker whose exit was reported. */
  readonly recover: (claims: Atomic, id: number, send: () => void, lose: () => void) => void
  /** Main: stops a call, before or after it has begun. */
  readonly interrupt: (claims: Atomic, id: number) => "revoked" | "cancelled" | "neither"
}

type Protocol = Words & Uses

const uses = (words: Words): Uses => {
  const move: Uses["move"] = (claims, id, send) => {
    const ours = words.revoke(claims, id)
    if (ours) send()
    return ours
  }
  return {
    dispatch: (claims, ids, post) => {
      for (const id of ids) words.open(claims, id)
      post()
    },
    serve: (claims, id, run) => {
      if (words.start(claims, id)) run()
    },
    move,
    recover: (claims, id, send, lose) => {
      if (!move(claims, id, send)) lose()
    },
    interrupt: (claims, id) =>
      words.revoke(claims, id) ? "revoked" : words.cancel(claims, id) ? "cancelled" : "neither"
  }
}

const protocol = (words: Partial<Words> = {}, use: (words: Words) => Partial<Uses> = () => ({})): Protocol => {
  const all = { ...Claims, ...words }
  return { ...all, ...uses(all), ...use(all) }
}

const unstarted = 0
const started = 1
const revoked = 2
const cancelled = 3

// The layout once more, for what the mutants change that Claims does not export; a test compares it with Claims.
const word = (id: number, state: number): number => (Math.floor(id / Claims.cells) << 2) | state | 0

const cellOnly = (id: number): number => Claims.id(Claims.cell(id), 0)

/** A fact of the shared history: what happened to a message, and which agent or worker it concerns. */
interface Fact {
  readonly what:
    | "sent" // to the worker `by`
    | "started" // the method runs
    | "settled"
    | "dropped" // main took it back and gives it to nobody
    | "lost" // main reports it as lost with its worker
    | "revoked"
    | "cancelled"
    | "neither"
    | "told to stop"
    | "told to go on"
    | "exit" // the runtime reports the exit of the worker `by`
  readonly message?: number
  readonly by: string
}

type Facts = World<Fact>

/** Each worker has claims of its own. */
type Worker = "a" | "b" | "c"

const all = ({ history }: Facts, what: Fact["what"], message?: number, by?: string): ReadonlyArray<Fact> =>
  history.filter(
    (fact) =>
      fact.what === what && (message === undefined || fact.message === message) && (by === undefined || fact.by === by)
  )

const some = (world: Facts, what: Fact["what"], message?: number, by?: string): boolean =>
  all(world, what, message, by).length > 0

/** Whether each fact that is `late` comes after one, about the same message, that is `early`. */
const onlyAfter = ({ history }: Facts, late: Fact["what"], ...early: ReadonlyArray<Fact["what"]>): boolean =>
  history.every(
    (fact, at) =>
      fact.what !== late ||
      history.slice(0, at).some(({ message, what }) => message === fact.message && early.includes(what))
  )

/** Whether no fact that is `late` comes after one, about the same message, that is `early`. */
const neverAfter = ({ history }: Facts, late: Fact["what"], early: Fact["what"]): boolean =>
  history.every(
    (fact, at) =>
      fact.what !== late ||
      !history.slice(0, at).some(({ message, what }) => message === fact.message && what === early)
  )

const stateNames = ["unstarted", "started", "revoked", "cancelled"]
const show = (word: number): string => `(${word >>> 2} ${stateNames[word & 3]})`

const numbers = (count: number): ReadonlyArray<number> => Array.from({ length: count }, (_, n) => n)

/** What a worker that gets its messages one by one does. */
const host = (p: Protocol, name: string, claims: Atomic, log: Log<Fact>, id: (message: number) => number): void => {
  for (let served = 0; ; served++) {
    const message = log.until("a message", (world) => all(world, "sent", undefined, name)[served]?.message)
    p.serve(claims, id(message), () => {
      log.record({ what: "started", message, by: name })
      log.pause()
      log.record({ what: "settled", message, by: name })
    })
  }
}

const atMostOnce: Properties<Fact> = {
  "no message runs twice": (world) =>
    world.history.every(({ message }) => message === undefined || all(world, "started", message).length <= 1)
}

/**
 * A busy worker holds a frame of prefetched messages; main leaves each of them, moves it to an idle worker, or drops
 * it because its caller gave up.
 */
const busy = (p: Protocol, count: number): Model<Worker, Fact> => {
  const inA = (message: number): number => Claims.id(message, 1)
  // Other cells and generations than in the first worker: ids have no meaning outside their own claims.
  const inB = (message: number): number => Claims.id(count - 1 - message, 5)
  const plans = numbers(count).reduce<ReadonlyArray<ReadonlyArray<string>>>(
    (plans) => plans.flatMap((plan) => ["leave", "move", "drop"].map((next) => [...plan, next])),
    [[]]
  )
  return {
    memory: { a: numbers(count).map(() => 0), b: numbers(count).map(() => 0), c: [] },
    show,
    agents: {
      main: {
        run: ({ a, b }, log) => {
          const plan = log.choose("a plan", plans)
          const frame = [...plan.keys()]
          p.dispatch(a, frame.map(inA), () => {
            for (const message of frame) log.record({ what: "sent", message, by: "a" })
          })
          for (const [message, next] of plan.entries()) {
            if (next === "move") {
              p.move(a, inA(message), () => {
                p.dispatch(b, [inB(message)], () => log.record({ what: "sent", message, by: "b" }))
              })
            }
            if (next === "drop" && p.revoke(a, inA(message))) log.record({ what: "dropped", message, by: "main" })
          }
        }
      },
      a: { daemon: true, run: ({ a }, log) => host(p, "a", a, log, inA) },
      b: { daemon: true, run: ({ b }, log) => host(p, "b", b, log, inB) }
    },
    always: {
      ...atMostOnce,
      "a dropped message never runs": (world) =>
        world.history.every(({ what, message }) => what !== "dropped" || !some(world, "started", message))
    },
    finally: {
      "every message ran or was dropped": (world) =>
        numbers(count).every((message) => some(world, "started", message) || some(world, "dropped", message))
    },
    reaches: {
      "a moved message ran in b": (world) => some(world, "started", undefined, "b"),
      "a message that was to be moved ran in a, as main came too late": (world) =>
        world.finished("main") && all(world, "settled", undefined, "a").length === count,
      "a dropped message": (world) => some(world, "dropped")
    }
  }
}

/**
 * Workers exit while they hold messages: main moves those that have not started to a worker that it believes in, and
 * reports the others as lost. `death`: a thread may stop at any step, and its exit is reported after that. `zombie`: an
 * exit is reported at any time, and the thread runs on (one that stops later does nothing that it could not do here).
 */
const exits = (p: Protocol, count: number, mode: "zombie" | "death"): Model<Worker, Fact> => {
  const ids = {
    a: (m: number) => Claims.id(m, 1),
    b: (m: number) => Claims.id(m, 2),
    c: (m: number) => Claims.id(m, 3)
  }
  const memory = numbers(count).map(() => 0)
  const runtime = (worker: "a" | "b") => ({
    // A worker that lives has no exit to report.
    daemon: mode === "death",
    run: (_: unknown, log: Log<Fact>): void => {
      if (mode === "death") log.until(`death of ${worker}`, (world) => world.died(worker) || undefined)
      log.record({ what: "exit", by: worker })
    }
  })
  return {
    memory: { a: memory, b: memory, c: memory },
    show,
    agents: {
      main: {
        // It supervises for as long as there is a worker.
        daemon: true,
        run: (claims, log) => {
          const holders = new Map<number, Worker>()
          const gone: Array<string> = []
          const send = (message: number): void => {
            const to = gone.includes("a") ? (gone.includes("b") ? "c" : "b") : "a"
            holders.set(message, to)
            p.dispatch(claims[to], [ids[to](message)], () => log.record({ what: "sent", message, by: to }))
          }
          for (const message of memory.keys()) send(message)
          for (;;) {
            const seen = log.until("an exit", (world) => {
              const exit = all(world, "exit").find(({ by }) => !gone.includes(by))
              return exit && { worker: exit.by, settled: all(world, "settled").map(({ message }) => message) }
            })
            gone.push(seen.worker)
            for (const [message, holder] of Array.from(holders)) {
              if (holder !== seen.worker) continue
              holders.delete(message)
              if (seen.settled.includes(message)) continue
              p.recover(
                claims[holder],
                ids[holder](message),
                () => send(message),
                () => log.record({ what: "lost", message, by: holder })
              )
            }
          }
        }
      },
      a: { daemon: true, mayDie: mode === "death", run: ({ a }, log) => host(p, "a", a, log, ids.a) },
      b: { daemon: true, mayDie: mode === "death", run: ({ b }, log) => host(p, "b", b, log, ids.b) },
      c: { daemon: true, run: ({ c }, log) => host(p, "c", c, log, ids.c) },
      "runtime of a": runtime("a"),
      "runtime of b": runtime("b")
    },
    always: {
      ...atMostOnce,
      "only a message that had started is lost": (world) => onlyAfter(world, "lost", "started"),
      "a lost message is never moved": (world) => neverAfter(world, "sent", "lost")
    },
    finally: {
      "every message settles or is lost": (world) =>
        numbers(count).every((message) => some(world, "settled", message) || some(world, "lost", message))
    },
    reaches: {
      "a message moved twice": (world) => some(world, "settled", undefined, "c") && some(world, "sent", undefined, "b"),
      "a lost message": (world) => some(world, "lost"),
      ...(mode === "death"
        ? {}
        : {
            "a message that started after the exit of its worker was reported": (world) =>
              world.history.some(
                ({ what, by }, at) =>
                  what === "started" &&
                  world.history.slice(0, at).some((fact) => fact.what === "exit" && fact.by === by)
              )
          })
    }
  }
}

/**
 * Main is done with message 0, because it settled or because it took it back or counted it as lost, and uses its cell
 * for message 1. The host of message 0 is slow and may not have looked at it yet, or still runs it, and a caller still
 * holds its id.
 */
const reuse = (p: Protocol, generation: number): Model<Worker, Fact> => {
  const id = (message: number): number => Claims.id(0, generation + message)
  const poll = (log: Log<Fact>, claims: Atomic, message: number): void => {
    const asked = p.isCancelled(claims, id(message))
    log.record({ what: asked ? "told to stop" : "told to go on", message, by: "method" })
  }
  const hostOf = (message: number) => ({
    run: ({ a }: { readonly a: Atomic }, log: Log<Fact>): void => {
      log.until("its message", (world) => some(world, "sent", message) || undefined)
      p.serve(a, id(message), () => {
        log.record({ what: "started", message, by: "host" })
        poll(log, a, message)
        log.pause()
        log.record({ what: "settled", message, by: "host" })
      })
    }
  })
  const afterReuse = ({ history }: Facts, what: Fact["what"]): boolean =>
    history.some(
      (fact, at) =>
        fact.what === what &&
        fact.message === 0 &&
        history.slice(0, at).some((fact) => fact.what === "sent" && fact.message === 1)
    )
  return {
    memory: { a: [word(Claims.id(0, generation + Claims.generations - 1), started)], b: [], c: [] },
    show,
    agents: {
      main: {
        daemon: true,
        run: ({ a }, log) => {
          p.dispatch(a, [id(0)], () => log.record({ what: "sent", message: 0, by: "old host" }))
          if (log.choose("how message 0 ends", ["it settles", "main gives up on it"]) === "it settles") {
            log.until("settled", (world) => some(world, "settled", 0) || undefined)
          } else {
            log.record({ what: p.revoke(a, id(0)) ? "revoked" : "lost", message: 0, by: "main" })
          }
          p.dispatch(a, [id(1)], () => log.record({ what: "sent", message: 1, by: "new host" }))
        }
      },
      "old host": hostOf(0),
      "new host": { ...hostOf(1), daemon: true },
      "caller of 0": {
        daemon: true,
        run: ({ a }, log) => {
          // A revoke before main has used the cell again is main's own business: `race` has it.
          const late = log.choose("to", ["cancel", "revoke after reuse"]) === "revoke after reuse"
          log.until("a cell", (world) => some(world, "sent", late ? 1 : 0) || undefined)
          if (late && p.revoke(a, id(0))) log.record({ what: "revoked", message: 0, by: "caller" })
          if (!late && p.cancel(a, id(0))) log.record({ what: "cancelled", message: 0, by: "caller" })
        }
      }
    },
    always: {
      "the old message never starts once it is revoked or its cell is used again": (world) =>
        neverAfter(world, "started", "revoked") && !afterReuse(world, "started"),
      "only a message that has started is cancelled": (world) => onlyAfter(world, "cancelled", "started"),
      "an old id changes nothing once its cell is used again": (world) =>
        !afterReuse(world, "cancelled") && !afterReuse(world, "revoked"),
      "the new message is never told to stop": (world) => !some(world, "told to stop", 1),
      "the old method is told to stop once it is cancelled or its cell is used again": (world) =>
        neverAfter(world, "told to go on", "cancelled") && !afterReuse(world, "told to go on"),
      "the old method is told to stop for a reason": (world) =>
        all(world, "told to stop", 0).length === 0 || some(world, "cancelled", 0) || afterReuse(world, "told to stop")
    },
    finally: {
      "the new message runs": (world) => !some(world, "sent", 1) || some(world, "settled", 1)
    },
    reaches: {
      "the old method running while the new one runs": (world) =>
        some(world, "started", 0) &&
        !some(world, "settled", 0) &&
        some(world, "started", 1) &&
        !some(world, "settled", 1),
      "the old message refused": (world) => world.finished("old host") && !some(world, "started", 0),
      "a cancel that came too late": (world) => world.finished("caller of 0") && !some(world, "cancelled", 0),
      "a cancel in time": (world) => some(world, "told to stop", 0) && some(world, "cancelled", 0)
    }
  }
}

/** Two hosts hold one id, and two callers interrupt it. */
const race = (p: Protocol): Model<Worker, Fact> => {
  const id = Claims.id(0, 7)
  const message = 0
  const sent = (log: Log<Fact>): void => {
    log.until("sent", (world) => some(world, "sent") || undefined)
  }
  const hostNamed = (by: string) => ({
    run: ({ a }: { readonly a: Atomic }, log: Log<Fact>): void => {
      sent(log)
      p.serve(a, id, () => {
        log.record({ what: "started", message, by })
        log.record({ what: p.isCancelled(a, id) ? "told to stop" : "told to go on", message, by })
        log.pause()
        log.record({ what: "settled", message, by })
      })
    }
  })
  const caller = (by: string) => ({
    run: ({ a }: { readonly a: Atomic }, log: Log<Fact>): void => {
      sent(log)
      log.record({ what: p.interrupt(a, id), message, by })
    }
  })
  return {
    memory: { a: [0], b: [], c: [] },
    show,
    agents: {
      main: {
        run: ({ a }, log) => {
          p.dispatch(a, [id], () => log.record({ what: "sent", message, by: "both hosts" }))
        }
      },
      "host 1": hostNamed("host 1"),
      "host 2": hostNamed("host 2"),
      "caller 1": caller("caller 1"),
      "caller 2": caller("caller 2")
    },
    always: {
      ...atMostOnce,
      "a revoked message never runs": (world) => !(some(world, "revoked") && some(world, "started")),
      "only a message that has started is cancelled": (world) => onlyAfter(world, "cancelled", "started"),
      "one interruption takes hold at most": (world) =>
        all(world, "revoked").length + all(world, "cancelled").length <= 1,
      "a method is told to stop exactly when it is cancelled": (world) =>
        onlyAfter(world, "told to stop", "cancelled") && neverAfter(world, "told to go on", "cancelled")
    },
    finally: {
      "the message runs or is revoked": (world) => some(world, "settled") !== some(world, "revoked"),
      "an interruption takes hold": (world) => some(world, "revoked") || some(world, "cancelled")
    },
    reaches: {
      revoked: (world) => some(world, "revoked"),
      "cancelled while it runs": (world) => some(world, "told to stop"),
      "cancelled after it settled": (world) => onlyAfter(world, "cancelled", "settled") && some(world, "cancelled")
    }
  }
}

type ModelName = "busy" | "death" | "zombie" | "reuse" | "race"

const models: Record<ModelName, (p: Protocol, count: number) => Model<Worker, Fact>> = {
  busy,
  death: (p, count) => exits(p, count, "death"),
  zombie: (p, count) => exits(p, count, "zombie"),
  reuse: (p) => reuse(p, 1),
  race
}

// How long a search takes must not decide it, however slow the machine.
const timeout = 120_000

describe("claims hold", { timeout }, () => {
  it.each([1, 2, 3])("when main moves and drops messages of a busy worker, %i at a time", (count) => {
    expect(verify(busy(protocol(), count)).states).toBeGreaterThan(10 ** count)
  })

  it.each([1, 2, 3])("when workers die at any step, with %i messages", (count) => {
    expect(verify(exits(protocol(), count, "death")).states).toBeGreaterThan(10 ** count)
  })

  it.each([1, 2])("when threads run on after their exit was reported, with %i messages", (count) => {
    expect(verify(exits(protocol(), count, "zombie")).states).toBeGreaterThan(10 ** count)
  })

  it.each([1, 2 ** 29 - 1, 2 ** 30 - 1, 2 ** 30])("when a cell is used again after generation %i", (generation) => {
    expect(verify(reuse(protocol(), generation)).states).toBeGreaterThan(100)
  })

  it("when hosts and callers all race for one message", () => {
    expect(verify(race(protocol())).states).toBeGreaterThan(100)
  })
})

interface Mutant {
  readonly bug: string
  readonly mutant: Protocol
  readonly model: ModelName
  /** The property by which the bug shows first. */
  readonly breaks: string
}

const mutants: ReadonlyArray<Mutant> = [
  {
    bug: "the host marks its claim instead of exchanging it",
    mutant: protocol({
      start: (claims, id) => {
        if (claims.load(Claims.cell(id)) !== word(id, unstarted)) return false
        claims.store(Claims.cell(id), word(id, started))
        return true
      }
    }),
    model: "zombie",
    breaks: "no message runs twice"
  },
  {
    bug: "main marks what it takes back instead of exchanging it",
    mutant: protocol({
      revoke: (claims, id) => {
        if (claims.load(Claims.cell(id)) !== word(id, unstarted)) return false
        claims.store(Claims.cell(id), word(id, revoked))
        return true
      }
    }),
    model: "zombie",
    breaks: "no message runs twice"
  },
  {
    bug: "main takes back without looking whether it may",
    mutant: protocol({
      revoke: (claims, id) => {
        claims.store(Claims.cell(id), word(id, revoked))
        return true
      }
    }),
    model: "busy",
    breaks: "a dropped message never runs"
  },
  {
    bug: "the generation is left out of the word",
    mutant: protocol({
      open: (claims, id) => Claims.open(claims, cellOnly(id)),
      start: (claims, id) => Claims.start(claims, cellOnly(id)),
      revoke: (claims, id) => Claims.revoke(claims, cellOnly(id)),
      cancel: (claims, id) => Claims.cancel(claims, cellOnly(id)),
      isCancelled: (claims, id) => Claims.isCancelled(claims, cellOnly(id))
    }),
    model: "reuse",
    breaks: "the old message never starts once it is revoked or its cell is used again"
  },
  {
    bug: "the host claims whatever message it finds in the cell",
    mutant: protocol({
      start: (claims, id) => {
        const found = claims.load(Claims.cell(id))
        return (found & 3) === unstarted && claims.compareExchange(Claims.cell(id), found, found | started) === found
      }
    }),
    model: "reuse",
    breaks: "the old message never starts once it is revoked or its cell is used again"
  },
  {
    bug: "main sends again before it revokes",
    mutant: protocol({}, ({ revoke }) => ({
      move: (claims, id, send) => {
        send()
        return revoke(claims, id)
      }
    })),
    model: "busy",
    breaks: "no message runs twice"
  },
  {
    bug: "main sends before it opens the cell",
    mutant: protocol({}, ({ open }) => ({
      dispatch: (claims, ids, post) => {
        post()
        for (const id of ids) open(claims, id)
      }
    })),
    model: "busy",
    breaks: "every message ran or was dropped"
  },
  {
    bug: "the host runs before it claims",
    mutant: protocol({}, ({ start }) => ({
      serve: (claims, id, run) => {
        run()
        start(claims, id)
      }
    })),
    model: "zombie",
    breaks: "no message runs twice"
  },
  {
    bug: "cancel stores",
    mutant: protocol({
      cancel: (claims, id) => {
        claims.store(Claims.cell(id), word(id, cancelled))
        return true
      }
    }),
    model: "reuse",
    breaks: "only a message that has started is cancelled"
  },
  {
    bug: "cancel stores once it has seen that the message started",
    mutant: protocol({
      cancel: (claims, id) => {
        if (claims.load(Claims.cell(id)) !== word(id, started)) return false
        claims.store(Claims.cell(id), word(id, cancelled))
        return true
      }
    }),
    model: "reuse",
    breaks: "an old id changes nothing once its cell is used again"
  },
  {
    bug: "cancel takes an unstarted message as well",
    mutant: protocol({
      cancel: (claims, id) =>
        Claims.cancel(claims, id) ||
        claims.compareExchange(Claims.cell(id), word(id, unstarted), word(id, cancelled)) === word(id, unstarted)
    }),
    model: "reuse",
    breaks: "only a message that has started is cancelled"
  },
  {
    bug: "cancel says true again",
    mutant: protocol({
      cancel: (claims, id) => Claims.cancel(claims, id) || claims.load(Claims.cell(id)) === word(id, cancelled)
    }),
    model: "race",
    breaks: "one interruption takes hold at most"
  },
  {
    bug: "a call is cancelled first and revoked then",
    mutant: protocol({}, ({ cancel, revoke }) => ({
      interrupt: (claims, id) => (cancel(claims, id) ? "cancelled" : revoke(claims, id) ? "revoked" : "neither")
    })),
    model: "race",
    breaks: "an interruption takes hold"
  },
  {
    bug: "isCancelled looks only for the state, not for the generation",
    mutant: protocol({ isCancelled: (claims, id) => (claims.load(Claims.cell(id)) & 3) === cancelled }),
    model: "reuse",
    breaks: "the old method is told to stop once it is cancelled or its cell is used again"
  },
  {
    bug: "isCancelled knows only its own message, cancelled",
    mutant: protocol({ isCancelled: (claims, id) => claims.load(Claims.cell(id)) === word(id, cancelled) }),
    model: "reuse",
    breaks: "the old method is told to stop once it is cancelled or its cell is used again"
  },
  {
    bug: "the started messages of a dead worker are moved",
    mutant: protocol({}, ({ revoke }) => ({
      recover: (claims, id, send) => {
        revoke(claims, id)
        send()
      }
    })),
    model: "death",
    breaks: "no message runs twice"
  },
  {
    bug: "the started messages of a dead worker are moved as well as reported lost",
    mutant: protocol({}, ({ revoke }) => ({
      recover: (claims, id, send, lose) => {
        if (!revoke(claims, id)) lose()
        send()
      }
    })),
    model: "death",
    breaks: "a lost message is never moved"
  },
  {
    bug: "the started messages of a dead worker are forgotten",
    mutant: protocol({}, ({ revoke }) => ({
      recover: (claims, id, send) => {
        if (revoke(claims, id)) send()
      }
    })),
    model: "death",
    breaks: "every message settles or is lost"
  },
  {
    bug: "the unstarted messages of a dead worker are reported lost",
    mutant: protocol({}, () => ({ recover: (_claims, _id, _send, lose) => lose() })),
    model: "death",
    breaks: "only a message that had started is lost"
  }
]

const only = (model: Model<Worker, Fact>, property: string): Model<Worker, Fact> => {
  const { always, finally: atEnd, reaches: _, ...rest } = model
  const pick = (from: Properties<Fact> = {}): Properties<Fact> =>
    Object.fromEntries(Object.entries(from).filter(([name]) => name === property))
  return { ...rest, always: pick(always), finally: pick(atEnd) }
}

const properties = Object.entries(models).flatMap(([model, make]) => {
  const { always, finally: atEnd } = make(protocol(), 1)
  return Object.keys({ ...always, ...atEnd }).map((property) => ({ model, property, make }))
})

describe("claims with a seeded bug", { timeout }, () => {
  it("have the layout that the mutants assume", () => {
    const id = Claims.id(0, 2 ** 29 + 1)
    const claims = over(new ArrayBuffer(4))
    const states = [Claims.open, Claims.start, Claims.cancel].map((change) => (change(claims, id), claims.load(0)))
    Claims.open(claims, id)
    Claims.revoke(claims, id)
    expect([...states, claims.load(0)]).toEqual(
      [unstarted, started, cancelled, revoked].map((state) => word(id, state))
    )
  })

  it.each(mutants)("break: $bug", ({ bug, mutant, model, breaks }) => {
    const report = explore(models[model](mutant, 2))
    console.info(`${bug}: ${report.violation?.schedule.length} steps, found in ${report.states} states`)
    expect(describeViolation(report)).toContain(`violated: ${breaks}\n`)
  })

  it.each(properties)("show that $model would not hold without checking: $property", ({ make, property }) => {
    // Likely ones first, as only those that break the property end before the whole model is searched.
    const likely = [...mutants].sort((a, b) => Number(b.breaks === property) - Number(a.breaks === property))
    const breaking = likely.find(
      ({ mutant }) => explore(only(make(mutant, 1), property)).violation?.property === property
    )
    expect(breaking?.bug).toBeDefined()
  })
})
