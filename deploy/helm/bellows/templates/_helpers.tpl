{{/* What begins the names of the Jobs; with a phase and a hash behind it, it has to fit into a label. */}}
{{- define "bellows.name" -}}
{{- .Values.name | default (printf "%s-migrate" (.Release.Name | trunc 37 | trimSuffix "-")) -}}
{{- end }}

{{/* The start of a container that runs one command: (dict "root" . "name" ... "args" (list ...)). Nothing in it can be written to. */}}
{{- define "bellows.container" -}}
{{- $values := .root.Values -}}
- name: {{ .name }}
  image: {{ required "image: say the image that holds the migrations" $values.image | quote }}
  {{- with $values.imagePullPolicy }}
  imagePullPolicy: {{ . }}
  {{- end }}
  {{- with $values.command }}
  command: {{ toJson . }}
  {{- end }}
  args: {{ toJson (concat .args (list "--log-format" "json")) }}
  env:
    # As a file: it is in no environment, and a new one is there without a new pod.
    - name: DATABASE_URL_FILE
      value: /run/secrets/database/url
    # Nobody is there to be asked.
    - name: CI
      value: "true"
    {{- with $values.appVersion }}
    - name: MIGRATE_APP_VERSION
      value: {{ . | quote }}
    {{- end }}
    {{- with $values.env }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- with $values.resources }}
  resources: {{ toJson . }}
  {{- end }}
  securityContext:
    allowPrivilegeEscalation: false
    readOnlyRootFilesystem: true
    capabilities: { drop: [ALL] }
  terminationMessagePolicy: FallbackToLogsOnError
  volumeMounts:
    - name: database
      mountPath: /run/secrets/database
      readOnly: true
    {{- if $values.configMap }}
    - name: migrations
      mountPath: /app/migrations
      readOnly: true
    {{- end }}
{{- end }}

{{/*
An init container for the Deployment of the app: no pod of the new version starts on a database that is not ready for it. It reads only.
In a chart that has this one among its dependencies: {{ include "bellows.wait" .Subcharts.bellows | nindent 8 }}
*/}}
{{- define "bellows.wait" -}}
{{- $args := list "wait" "--for" .Values.wait.for "--timeout" .Values.wait.timeout -}}
{{- include "bellows.container" (dict "root" . "name" "wait-for-database" "args" $args) -}}
{{- end }}

{{/* What its pod mounts: {{ include "bellows.volumes" .Subcharts.bellows | nindent 8 }} */}}
{{- define "bellows.volumes" -}}
- name: database
  secret:
    secretName: {{ .Values.secret.name | quote }}
    items:
      - { key: {{ .Values.secret.key | quote }}, path: url }
{{- if .Values.configMap }}
- name: migrations
  configMap:
    name: {{ .Values.configMap | quote }}
{{- end }}
{{- end }}

{{/* The spec of a Job: (dict "root" . "phase" ... "job" .Values.<phase> "args" (list ...) "hook" false). */}}
{{- define "bellows.jobSpec" -}}
{{- $values := .root.Values -}}
{{- $job := .job -}}
{{- $first := eq .phase "backfill" -}}
backoffLimit: {{ int64 $job.backoffLimit }}
{{- with $job.activeDeadlineSeconds }}
activeDeadlineSeconds: {{ int64 . }}
{{- end }}
{{- if not .hook }}
ttlSecondsAfterFinished: {{ int64 $values.ttlSecondsAfterFinished }}
{{- end }}
{{- if $job.suspend }}
suspend: true
{{- end }}
# Two at once would be refused by the lease in the database, and cost an attempt each.
podReplacementPolicy: Failed
podFailurePolicy:
  rules:
    {{- with $job.finalExitCodes }}
    # What a repeat cannot change fails the Job at once; 75 (temporary), signals and the rest are tried again.
    - action: FailJob
      onExitCodes:
        containerName: migrate
        operator: In
        values: {{ toJson . }}
    {{- if $first }}
    - action: FailJob
      onExitCodes:
        containerName: wait-for-expand
        operator: In
        values: {{ toJson . }}
    {{- end }}
    {{- end }}
    # A drained node, a preemption: no attempt of ours.
    - action: Ignore
      onPodConditions:
        - type: DisruptionTarget
          status: "True"
template:
  metadata:
    labels:
      {{- merge (dict "app.kubernetes.io/name" "bellows" "app.kubernetes.io/component" .phase) $values.podLabels | toYaml | nindent 6 }}
    annotations:
      # A sidecar would keep the pod running when the command has ended.
      {{- mergeOverwrite (dict "sidecar.istio.io/inject" "false") $values.podAnnotations | toYaml | nindent 6 }}
  spec:
    restartPolicy: Never
    {{- with $values.serviceAccountName }}
    serviceAccountName: {{ . | quote }}
    {{- end }}
    {{- with $values.imagePullSecrets }}
    imagePullSecrets: {{ toJson . }}
    {{- end }}
    {{- with $values.nodeSelector }}
    nodeSelector: {{ toJson . }}
    {{- end }}
    {{- with $values.tolerations }}
    tolerations: {{ toJson . }}
    {{- end }}
    # After SIGTERM the batch is finished, the progress saved and the lease given back.
    terminationGracePeriodSeconds: {{ int64 $values.terminationGracePeriodSeconds }}
    securityContext:
      runAsNonRoot: true
      runAsUser: 10001
      runAsGroup: 10001
      # The secret's file is this group's.
      fsGroup: 10001
      seccompProfile: { type: RuntimeDefault }
    # It asks the API server for nothing.
    automountServiceAccountToken: false
    enableServiceLinks: false
    {{- if $first }}
    # Applied together with expand, it may be there first: nothing would be expanded yet, and the Job complete without a row.
    initContainers:
      {{- include "bellows.container" (dict "root" .root "name" "wait-for-expand" "args" (list "wait" "--for" "expanded" "--timeout" "30m")) | nindent 6 }}
    {{- end }}
    containers:
      {{- include "bellows.container" (dict "root" .root "name" "migrate" "args" (concat .args $job.extraArgs)) | nindent 6 }}
    volumes:
      {{- include "bellows.volumes" .root | nindent 6 }}
{{- end }}

{{/*
A Job, with the arguments of bellows.jobSpec. One that is no hook has a hash of all it says in its name, as Kubernetes lets no Job be
changed: with another image it is another Job, which takes the place of the one before; with nothing new it is the same.
*/}}
{{- define "bellows.job" -}}
{{- $spec := include "bellows.jobSpec" . -}}
{{- $name := printf "%s-%s" (include "bellows.name" .root) .phase -}}
{{- if not .hook }}{{ $name = printf "%s-%s" $name (sha256sum (omit (fromYaml $spec) "suspend" "ttlSecondsAfterFinished" | toJson) | trunc 8) }}{{ end -}}
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ $name | quote }}
  namespace: {{ .root.Release.Namespace | quote }}
  labels:
    app.kubernetes.io/name: bellows
    app.kubernetes.io/component: {{ .phase }}
  {{- if .hook }}
  annotations:
    "helm.sh/hook": pre-install,pre-upgrade
    # What it mounts has to be there: hooks of a lower weight, or of the release before.
    "helm.sh/hook-weight": {{ .job.hookWeight | quote }}
    "helm.sh/hook-delete-policy": before-hook-creation
  {{- end }}
spec:
  {{- $spec | nindent 2 }}
{{- end }}
