import { afterAll } from 'vitest';
import { cleanUp } from './cleaning.ts';

/* Vitest runs this for every test file. */
afterAll(cleanUp);
