import * as Adapter from "../../src/worker/Adapter.ts"

const hostile = (): unknown => {
  const error = new Error("hostile")
  Object.defineProperty(error, "message", {
    get: () => {
      throw new Error("no message")
    }
  })
  Object.defineProperty(error, "field", {
    enumerable: true,
    get: () => {
      throw new Error("no field")
    }
  })
  return error
}

const thrown: Record<string, () => unknown> = {
  string: () => "a string",
  null: () => null,
  undefined: () => undefined,
  number: () => 42,
  object: () => ({ code: 7 }),
  function: () => () => 1,
  symbol: () => Symbol("s"),
  hostile,
  proxy: () =>
    new Proxy(new Error("proxied"), {
      get: () => {
        throw new Error("no trap")
      }
    }),
  aggregate: () => new AggregateError([new TypeError("one"), "two"], "several"),
  range: () =>
    Object.assign(new RangeError("out of range", { cause: new TypeError("root") }), {
      code: "E_RANGE",
      _tag: "Broken",
      detail: { at: [1, 2] },
      inner: new SyntaxError("inside"),
      callback: () => 1
    })
}

/** What the conformance suite calls: one method per thing that can happen. */
export default Adapter.define({
  threadSafe: true,
  setup: (context, options?: { readonly greeting?: string }) => {
    let setups = 0
    const local = context.threadLocal(() => ++setups)
    let overlapping = 0
    let most = 0
    return {
      add: (a: number, b: number) => a + b,
      echo: <A>(value: A): A => value,
      greet: (name: string) => `${options?.greeting ?? "Hello"}, ${name}!`,
      worker: () => context.worker,
      local: () => [local(), local()],
      env: (name: string) => process.env[name],
      print: (text: string) => {
        console.warn(text, { n: 1 })
        return text
      },
      later: async (value: number, millis: number) => {
        await new Promise((resolve) => setTimeout(resolve, millis))
        return value
      },
      /** Runs until `gate` is opened, and counts how many such calls ran here at once. */
      hold: async (gate: Int32Array) => {
        overlapping++
        most = Math.max(most, overlapping)
        Atomics.add(gate, 1, 1)
        while (Atomics.load(gate, 0) === 0) await new Promise((resolve) => setTimeout(resolve, 1))
        overlapping--
        return most
      },
      /** Counts its runs in shared memory. */
      mark: (counter: Int32Array, index: number) => Atomics.add(counter, index, 1) + 1,
      /** Ends when it is asked to, and says so in shared memory. */
      untilAborted: async (state: Int32Array) => {
        const { signal } = Adapter.call()
        Atomics.store(state, 0, 1)
        if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve))
        Atomics.store(state, 1, 1)
      },
      /** The same inside a loop that lets no message in. */
      untilCancelled: (state: Int32Array) => {
        const call = Adapter.call()
        Atomics.store(state, 0, 1)
        while (!call.cancelled());
        Atomics.store(state, 1, 1)
      },
      deadline: () => {
        const { deadline } = Adapter.call()
        return deadline === undefined ? undefined : deadline - performance.now()
      },
      throws: (what: string) => {
        throw thrown[what]?.()
      },
      rejects: async (what: string) => {
        await Promise.resolve()
        throw thrown[what]?.()
      },
      uncloneable: () => ({ items: [1, { onClick: () => 1 }] }),
      symbol: () => Symbol("no"),
      iterator: () => [1, 2].values(),
      detached: () => {
        const buffer = new ArrayBuffer(8)
        structuredClone(buffer, { transfer: [buffer] })
        return Adapter.move(buffer)
      },
      moveBack: (bytes: Uint8Array) => Adapter.move(bytes),
      ask: (port: MessagePort, question: number) =>
        new Promise<number>((resolve) => {
          port.onmessage = (event) => {
            port.close()
            resolve(event.data)
          }
          port.postMessage({ id: Adapter.call().id, question })
        }),
      askHere: (question: number): Promise<number> =>
        (globalThis as unknown as { readonly askHere: (question: number) => Promise<number> }).askHere(question),
      count: function* (to: number) {
        for (let n = 1; n <= to; n++) yield n
      },
      produce: async function* (state: Int32Array, to: number) {
        try {
          for (let n = 1; n <= to; n++) {
            Atomics.store(state, 0, n)
            yield n
          }
        } finally {
          Atomics.store(state, 1, 1)
        }
      },
      breaks: function* () {
        yield 1
        yield 2
        throw new RangeError("mid-stream")
      },
      listed: Adapter.stream((items: ReadonlyArray<string>) => items),
      dies: async function* () {
        yield 1
        await new Promise((resolve) => setTimeout(resolve, 1))
        process.exit(4)
      },
      exit: (code: number): number => process.exit(code),
      crash: () =>
        new Promise<never>(() => {
          setTimeout(() => {
            throw new Error("uncaught")
          }, 0)
        }),
      unhandled: () =>
        new Promise<never>(() => {
          void Promise.reject(new Error("unhandled"))
        }),
      quick: Adapter.method((millis: number) => new Promise((resolve) => setTimeout(resolve, millis)), {
        description: "Waits",
        timeout: "40 millis"
      })
    }
  },
  dispose: (methods) => {
    const counter = (globalThis as { readonly disposed?: Int32Array }).disposed
    if (counter !== undefined) Atomics.add(counter, 0, 1)
    void methods
  }
})
