/** A text with forms by number, chosen by `{count}`; `other` is for the rest. */
export type Plural = { readonly other: string } & {
  readonly [Form in 'zero' | 'one' | 'two' | 'few' | 'many']?: string
}
export type Message = string | Plural
