import { expect, test } from 'vitest';
import { batchName, titledBatch } from '../../renderer/model/batch-name.ts';

test('a batch has its number, and the name that the author gives it, made harmless and short', () => {
  expect(batchName(1_600)).toBe('batch 1,600');
  expect(titledBatch(16, 'Order 17')).toBe('Batch 16 (Order 17)');
  expect(batchName(3, `a\u202eb${'x'.repeat(100)}`)).not.toMatch(/\u202e|x{60}/);
});
