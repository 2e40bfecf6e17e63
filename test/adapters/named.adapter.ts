import * as Adapter from "../../src/worker/Adapter.ts"

export const version = 1

/** The only adapter among the exports. */
export const greeter = Adapter.define({ setup: () => ({ greet: (name: string) => `Hello, ${name}!` }) })
