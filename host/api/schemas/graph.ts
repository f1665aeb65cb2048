import { z } from 'zod';
import type { Graph } from '../../../common/graph.ts';

export const graph = z.custom<Graph>(value => typeof value === 'object' && value !== null).meta({ id: 'Graph' });
