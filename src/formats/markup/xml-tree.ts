/** An element of a small part of a document that has to be looked at as a whole. */
export interface XmlNode {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: (XmlNode | string)[]
}

/** Builds the tree of one element from its events; `root` is null until it is closed. */
export class XmlTree {
  readonly #open: XmlNode[] = []
  #root: XmlNode | null = null

  get root(): XmlNode | null {
    return this.#root
  }

  open(name: string, attributes: Readonly<Record<string, string>>): void {
    const node = { name, attributes, children: [] }
    this.#open.at(-1)?.children.push(node)
    this.#open.push(node)
  }

  text(text: string): void {
    this.#open.at(-1)?.children.push(text)
  }

  close(): void {
    const node = this.#open.pop()
    if (node && this.#open.length === 0) this.#root = node
  }
}

/** The elements within an element. */
export function elementsOf(node: XmlNode): XmlNode[] {
  return node.children.filter((child) => typeof child !== 'string')
}

export function childOf(node: XmlNode, name: string): XmlNode | undefined {
  return elementsOf(node).find((child) => child.name === name)
}
