/**
 * Runs code of others that may hang, or throw where nobody catches it, without hanging or ending with it.
 */
let blame: ((error: unknown) => void) | undefined

/** Lets uncaught errors fail whatever runs `within` a time at that moment, instead of ending the process. */
export const install = (): void => {
  const caught = (error: unknown): void => {
    if (blame === undefined) process.stderr.write(`uncaught outside of any row: ${String(error)}\n`)
    else blame(error)
  }
  process.on("uncaughtException", caught)
  process.on("unhandledRejection", caught)
}

/** Resolves to the result of `run`, or rejects when there is none after `millis` milliseconds. */
export const within = async <A>(millis: number, what: string, run: () => Promise<A>): Promise<A> => {
  let timer: ReturnType<typeof setTimeout> | undefined
  try {
    return await new Promise<A>((resolve, reject) => {
      blame = reject
      timer = setTimeout(() => reject(new Error(`Cannot ${what}: no result after ${millis} ms`)), millis)
      run().then(resolve, reject)
    })
  } finally {
    blame = undefined
    clearTimeout(timer)
  }
}
