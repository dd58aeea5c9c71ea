// Loaded before the service: an instance does not outlive the rollout that started it, however that ends.
process.once('disconnect', () => process.exit(1))
process.channel?.unref()
