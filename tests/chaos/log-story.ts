/** One line that the log tells of a document. */
export interface StoryLine {
  readonly workspace: string
  readonly document: string
  readonly file: string | undefined
  /** In milliseconds since 1970. */
  readonly time: number
  readonly msg: string
  readonly reason: string | undefined
}

/** What the log tells of documents, in its order. */
export class LogStory {
  readonly lines: StoryLine[] = []

  write(line: string): void {
    const entry = JSON.parse(line) as Partial<StoryLine>
    if (entry.msg?.startsWith('document ') && entry.document !== undefined) {
      this.lines.push(entry as StoryLine)
    }
  }

  of(document: string): StoryLine[] {
    return this.lines.filter((line) => line.document === document)
  }
}
