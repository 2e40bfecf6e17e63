import * as Adapter from "../../src/worker/Adapter.ts"

export const polite = Adapter.define({ setup: () => ({ greet: (name: string) => `Good day, ${name}.` }) })

export const rude = Adapter.define({ setup: () => ({ greet: (name: string) => `What, ${name}?` }) })
