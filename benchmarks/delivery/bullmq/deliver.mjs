// Delivers what was accepted, 64 at a time, over connections that are kept open.
import { Agent, request } from 'node:http';
import { Worker } from 'bullmq';

const [redis, workflow] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true, maxSockets: 64 });

function deliver(job) {
  const body = JSON.stringify(job.data);
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    const call = request(workflow, { method: 'POST', agent, headers, timeout: 30000 }, (answer) => {
      const parts = [];
      answer.on('data', (part) => parts.push(part));
      answer.on('end', () => {
        if (answer.statusCode >= 300) reject(new Error(`answered ${answer.statusCode}`));
        else resolve(JSON.parse(Buffer.concat(parts)));
      });
    });
    call.on('timeout', () => call.destroy(new Error('no answer in time')));
    call.on('error', reject);
    call.end(body);
  });
}

new Worker('jobs', deliver, {
  connection: { host: '127.0.0.1', port: Number(redis) },
  concurrency: 64,
});
