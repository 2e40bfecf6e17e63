export { capabilities, layer, make } from "./DenoBackend.ts"
