def navigation(request): return {}
