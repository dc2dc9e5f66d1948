using 'container-app.bicep'

param app = 'counter'
param image = readEnvironmentVariable('SERVICE_COUNTER_IMAGE_NAME')
param serviceBusNamespace = readEnvironmentVariable('SERVICE_BUS_NAMESPACE')
param registry = readEnvironmentVariable('AZURE_CONTAINER_REGISTRY_ENDPOINT')
param httpApiKeys = readEnvironmentVariable('HTTP_API_KEYS')
