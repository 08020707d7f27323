import { type Awaitable, isThenable } from '../awaitable.ts'
import type { Limiter } from './concurrency-limiter.ts'
import { LimitedStream } from './limited-stream.ts'

export interface LimitedOptions<T extends object> {
  readonly limiter: Limiter
  /** Methods that return promises and count. All that is in neither list passes as it is. */
  readonly methods: readonly (keyof T & string)[]
  /** Methods that return an async iterable, and count until it ends, fails or is left. */
  readonly streams?: readonly (keyof T & string)[]
  /** A stream that nobody pulls for this long gives its right back. Default 30 000. */
  readonly abandonAfterMs?: number
}

/**
 * `inner` again, some of its methods counted by a limiter: reserved at the call, given back when the
 * promise settles or the stream is over. As with the proxy, the caller who touches a method is the one
 * whom its calls count for.
 */
export function limited<T extends object>(inner: T, options: LimitedOptions<T>): T {
  const getters: PropertyDescriptorMap = {}
  for (const name of namesOf(inner)) getters[name] = { get: () => passed(inner, name) }
  for (const name of options.methods) {
    getters[name] = { get: () => counted(inner, name, options.limiter, whilePending) }
  }
  const whileOpen = (call: () => unknown, right: Right) =>
    openStream(call, right, options.abandonAfterMs ?? 30_000)
  for (const name of options.streams ?? []) {
    getters[name] = { get: () => counted(inner, name, options.limiter, whileOpen) }
  }
  return Object.freeze(Object.create(null, getters))
}

/** Own and inherited names; those of every object are nobody's method. */
function namesOf(inner: object): Set<string> {
  const names = new Set<string>()
  for (
    let holder: object | null = inner;
    holder !== null && holder !== Object.prototype;
    holder = Object.getPrototypeOf(holder)
  ) {
    for (const name of Object.getOwnPropertyNames(holder)) names.add(name)
  }
  names.delete('constructor')
  return names
}

function passed(inner: object, name: string): unknown {
  const value: unknown = Reflect.get(inner, name)
  return typeof value === 'function' ? value.bind(inner) : value
}

/** Gives back what was reserved. */
type Right = Awaitable<() => void>
type Run = (call: () => unknown, right: Right) => unknown

function counted<T extends object>(inner: T, name: keyof T & string, limiter: Limiter, run: Run) {
  const method: unknown = inner[name]
  const subject = limiter.subject()
  if (typeof method !== 'function') return method
  if (subject === undefined) return method.bind(inner)
  return (...args: unknown[]) => {
    const right = limiter.reserve(subject)
    return run(() => Reflect.apply(method, inner, args), right)
  }
}

async function whilePending(call: () => unknown, right: Right): Promise<unknown> {
  const release = isThenable(right) ? await right : right
  try {
    return await call()
  } finally {
    release()
  }
}

function openStream(call: () => unknown, right: Right, abandonAfterMs: number): unknown {
  if (isThenable(right)) {
    // A reader that never pulls is never told that it was refused.
    right.then(undefined, () => undefined)
    const release = () => right.then((end) => end()).then(undefined, () => undefined)
    return new LimitedStream(afterRight(right, call), () => void release(), abandonAfterMs)
  }
  const release = right
  try {
    return new LimitedStream(asIterable(call()), release, abandonAfterMs)
  } catch (error) {
    release()
    throw error
  }
}

async function* afterRight(right: PromiseLike<unknown>, call: () => unknown): AsyncGenerator {
  await right
  yield* asIterable(call())
}

function asIterable(value: unknown): AsyncIterable<unknown> {
  if (typeof value === 'object' && value !== null && Symbol.asyncIterator in value) {
    return value as AsyncIterable<unknown>
  }
  throw new TypeError('a stream method returned no stream')
}
