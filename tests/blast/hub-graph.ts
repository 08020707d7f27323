/** A custom graph in which one entity is tied to many. */
export function hub(name: string, ties: number, file: string): object {
  const relationships = Array.from({ length: ties }, (_, i) => ({
    src_id: name,
    tgt_id: `${name} Spoke ${i}`,
    description: `${name} holds spoke ${i} of ${file}`,
    keywords: 'hold',
    weight: 1,
  }))
  return { file_path: file, relationships }
}
