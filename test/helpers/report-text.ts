// All that a report says: its one page, and the details beside it.
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import type {Report} from '../../src/report/report.ts';

export const reportText = ({files}: Report): string => `${files['report.md']}\n${files['details.md']}`;

export const readReport = async (folder: string): Promise<string> =>
  (await Promise.all(['report.md', 'details.md'].map(file => readFile(join(folder, file), 'utf8')))).join(
    '\n',
  );
