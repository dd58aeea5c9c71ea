/** A Kubernetes Job that runs before the rollout, as `init` writes it. */
export const jobTemplate = `# Runs before the rollout: kubectl apply -f deploy/migrate-job.yaml && kubectl wait --for=condition=complete job/migrate-expand
apiVersion: batch/v1
kind: Job
metadata:
  name: migrate-expand
spec:
  backoffLimit: 6
  # What a repeat cannot change fails at once: usage (2), refused (3), findings (4), drift (6).
  podFailurePolicy:
    rules:
      - action: FailJob
        onExitCodes:
          containerName: migrate
          operator: In
          values: [2, 3, 4, 6]
  template:
    spec:
      restartPolicy: Never
      # A clean stop saves the progress and gives the lease back.
      terminationGracePeriodSeconds: 60
      containers:
        - name: migrate
          image: your-app:latest
          # Directly, not through npm or a shell, which would swallow the signals.
          command: [node, node_modules/bellows/dist/cli/main.js]
          args: [expand, --backfill, --log-format, json]
          env:
            - name: DATABASE_URL_FILE
              value: /run/secrets/database/url
          volumeMounts:
            - name: database
              mountPath: /run/secrets/database
              readOnly: true
      volumes:
        - name: database
          secret:
            secretName: database
`
