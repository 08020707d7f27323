/** A value that is there at once, or one that has to be waited for. */
export type Awaitable<T> = T | PromiseLike<T>

/** Goes on with the value: at once where it is there, because each await costs every request. */
export function andThen<T, R>(value: Awaitable<T>, next: (value: T) => Awaitable<R>): Awaitable<R> {
  return isThenable(value) ? value.then(next) : next(value)
}

/** Whatever can be awaited, as `await` sees it: not only promises of this realm. */
export function isThenable<T>(value: Awaitable<T>): value is PromiseLike<T> {
  if (typeof value !== 'object' || value === null) return false
  return 'then' in value && typeof value.then === 'function'
}
