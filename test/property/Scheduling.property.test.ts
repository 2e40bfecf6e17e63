import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { Affinity, rendezvous } from "../../src/core/Affinity.ts"
import { leastLoaded, powerOfTwo, roundRobin } from "../../src/core/Routing.ts"
import { orderByWeight } from "../../src/core/Scheduling.ts"
import { WorkQueue } from "../../src/core/WorkQueue.ts"

interface Item {
  readonly id: number
  readonly weight: number
}

const items: fc.Arbitrary<ReadonlyArray<Item>> = fc
  .array(fc.constantFrom(0.5, 1, 2, 3, 5), { maxLength: 40 })
  .map((weights) => weights.map((weight, id) => ({ id, weight })))
const weightOf = (item: Item): number => item.weight

/** When the last task ends, if each goes to the worker that is free first. */
const makespan = (tasks: ReadonlyArray<number>, workers: number): number => {
  const ends = Array<number>(workers).fill(0)
  for (const task of tasks) {
    const first = ends.indexOf(Math.min(...ends))
    ends[first] = (ends[first] ?? 0) + task
  }
  return Math.max(...ends)
}

/** The shortest possible makespan: tries every assignment, up to the names of the workers. */
const shortest = (tasks: ReadonlyArray<number>, workers: number): number => {
  const ends = Array<number>(workers).fill(0)
  let best = Number.POSITIVE_INFINITY
  const place = (at: number): void => {
    if (Math.max(...ends) >= best) return
    const task = tasks[at]
    if (task === undefined) {
      best = Math.max(...ends)
      return
    }
    for (const [worker, end] of ends.entries()) {
      if (ends.indexOf(end) < worker) continue
      ends[worker] = end + task
      place(at + 1)
      ends[worker] = end
    }
  }
  place(0)
  return best
}

describe("orders by weight", () => {
  it("are stable permutations", () => {
    fc.assert(
      fc.property(items, fc.boolean(), (items, descending) => {
        const ordered = orderByWeight(items, weightOf, { descending })
        expect(ordered.toSorted((a, b) => a.id - b.id)).toEqual(items)
        for (const [at, item] of ordered.slice(1).entries()) {
          const before = ordered[at] ?? item
          const steps = descending ? before.weight - item.weight : item.weight - before.weight
          expect(steps > 0 || (steps === 0 && before.id < item.id)).toBe(true)
        }
        expect(ordered).not.toBe(items)
      }),
      { numRuns: 2000 }
    )
  })

  it("end within 4/3 - 1/(3m) of the shortest time with the heaviest first, and within 2 - 1/m in any order", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 9 }),
        fc.integer({ min: 1, max: 3 }),
        (tasks, workers) => {
          const best = shortest(tasks, workers)
          const heaviestFirst = makespan(
            orderByWeight(tasks, (task) => task),
            workers
          )
          expect(heaviestFirst).toBeLessThanOrEqual((4 / 3 - 1 / (3 * workers)) * best + 1e-9)
          expect(makespan(tasks, workers)).toBeLessThanOrEqual((2 - 1 / workers) * best + 1e-9)
        }
      ),
      { numRuns: 2000 }
    )
    // the bound is met: Graham's own example
    expect(makespan([5, 5, 4, 4, 3, 3, 3], 3)).toBe(11)
    expect(shortest([5, 5, 4, 4, 3, 3, 3], 3)).toBe(9)
  })

  it("refuse weights that make no sense, by the item", () => {
    expect(() => orderByWeight([1, -1], (n) => n)).toThrow("Cannot weigh item 1")
  })
})

describe("a work queue", () => {
  it("does what a sorted list does", () => {
    const step = fc.oneof(
      fc.record({ push: fc.integer({ min: 0, max: 5 }) }),
      fc.constant("pop" as const),
      fc.constant("peek" as const),
      fc.constant("clear" as const)
    )
    const before = (a: Item, b: Item): boolean => (a.weight !== b.weight ? a.weight > b.weight : a.id < b.id)
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const queue = new WorkQueue<Item>(before)
        let model: Array<Item> = []
        for (const [id, step] of steps.entries()) {
          if (step === "pop") expect(queue.pop()).toEqual(model.shift())
          else if (step === "peek") expect(queue.peek()).toEqual(model[0])
          else if (step === "clear") {
            expect(queue.clear().toSorted((a, b) => (before(a, b) ? -1 : 1))).toEqual(model)
            model = []
          } else {
            queue.push({ id, weight: step.push })
            model = [...model, { id, weight: step.push }].toSorted((a, b) => (before(a, b) ? -1 : 1))
          }
          expect(queue.size).toBe(model.length)
        }
      }),
      { numRuns: 2000 }
    )
  })
})

const candidates = fc
  .array(fc.record({ load: fc.integer({ min: 0, max: 5 }), gap: fc.integer({ min: 1, max: 3 }) }), { maxLength: 6 })
  .map((given) => {
    let index = -1
    return given.map(({ gap, load }) => ({ index: (index += gap), load }))
  })

describe("routes", () => {
  it("go to the least loaded", () => {
    fc.assert(
      fc.property(candidates, (candidates) => {
        const least = Math.min(...candidates.map(({ load }) => load))
        expect(leastLoaded(candidates)).toBe(candidates.find(({ load }) => load === least))
      })
    )
  })

  it("go in turn to all that are there, before anyone has a second turn", () => {
    fc.assert(
      fc.property(candidates, fc.integer({ min: -1, max: 20 }), (candidates, last) => {
        const turns = candidates.map(() => {
          const next = roundRobin(candidates.toReversed(), last)
          last = next?.index ?? last
          return next
        })
        expect(new Set(turns).size).toBe(candidates.length)
      })
    )
    expect(roundRobin([], 0)).toBeUndefined()
  })

  it("go to the less loaded of two different ones, and to every one sometimes", () => {
    const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
    fc.assert(
      fc.property(candidates, random, random, (candidates, one, other) => {
        const draws = [one, other]
        const chosen = powerOfTwo(candidates, () => draws.shift() ?? 0)
        if (candidates.length < 2) expect(chosen).toBe(candidates[0])
        // the only one that is never chosen is the one that is fuller than all others
        else expect(candidates.some((rival) => rival !== chosen && rival.load >= (chosen?.load ?? 6))).toBe(true)
      }),
      { numRuns: 2000 }
    )
    const equal = [0, 1, 2].map((index) => ({ index, load: 1 }))
    const tenths = Array.from({ length: 10 }, (_, n) => n / 10)
    const seen = new Set(
      tenths.flatMap((one) =>
        tenths.map((other) => {
          const draws = [one, other]
          return powerOfTwo(equal, () => draws.shift() ?? 0)
        })
      )
    )
    expect(seen.size).toBe(3)
  })
})

describe("keys", () => {
  const lives = fc.uniqueArray(fc.integer({ min: 1, max: 1_000_000 }), { minLength: 1, maxLength: 8 })
  const workersOf = (incarnations: ReadonlyArray<number>) => incarnations.map((incarnation) => ({ incarnation }))
  const some = fc.uniqueArray(fc.string(), { minLength: 1, maxLength: 50 })

  it("stay with their worker while it lives, whoever comes; a death moves only the keys of the dead", () => {
    fc.assert(
      fc.property(
        some,
        lives,
        fc.array(fc.tuple(fc.boolean(), fc.nat()), { maxLength: 20 }),
        (keys, first, changes) => {
          const affinity = new Affinity<{ readonly incarnation: number }>()
          let alive = workersOf(first)
          let born = 1_000_000
          let owners = new Map(keys.map((key) => [key, affinity.owner(key, alive)]))
          for (const [comes, pick] of changes) {
            if (comes) alive = [...alive, { incarnation: ++born }]
            else if (alive.length > 1) alive = alive.filter((_, at) => at !== pick % alive.length)
            const now = new Map(keys.map((key) => [key, affinity.owner(key, alive)]))
            for (const [key, owner] of owners) {
              if (owner !== undefined && alive.includes(owner)) expect(now.get(key)).toBe(owner)
              else expect(alive).toContain(now.get(key))
            }
            owners = now
          }
          expect(affinity.owner("any", [])).toBeUndefined()
        }
      ),
      { numRuns: 500 }
    )
  })

  it("score the same whatever the order of the workers, and spread over them", () => {
    fc.assert(
      fc.property(fc.string(), lives, (key, lives) => {
        const workers = workersOf(lives)
        expect(rendezvous(key, workers.toReversed())).toBe(rendezvous(key, workers))
      })
    )
    const workers = workersOf([1, 2, 3, 4])
    const shares = new Map(workers.map((worker) => [worker, 0]))
    for (let n = 0; n < 4000; n++) {
      const owner = rendezvous(`user:${n}`, workers)
      if (owner !== undefined) shares.set(owner, (shares.get(owner) ?? 0) + 1)
    }
    // a fair share is 1000; this many keys deviate by more than 200 once in 10^11 times
    for (const share of shares.values()) expect(Math.abs(share - 1000)).toBeLessThan(200)
  })
})
