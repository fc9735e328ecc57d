// Plain text for a terminal: tables, and paragraphs within its width.

/** Columns as wide as their widest cell, two blanks apart. Those of `right` are aligned to the right. */
export const textTable = (rows: readonly (readonly string[])[], right: readonly number[] = []): string[] => {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map(row => row[column]?.length ?? 0)));
  return rows.map(row =>
    row
      .map((text, column) =>
        right.includes(column) ? text.padStart(widths[column]!) : text.padEnd(widths[column]!),
      )
      .join('  ')
      .trimEnd(),
  );
};

/** The lines of a paragraph, each but the first with `indent` before it. A word that is too long stays whole. */
export const wrapped = (text: string, width: number, indent = ''): string[] => {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(last === undefined ? word : `${indent}${word}`);
  }
  return lines;
};
